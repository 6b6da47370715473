using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>
/// Commits how a study ends. Result, decision, list, deliveries, audit line, tokens and the end of the claim are one
/// transaction: all of it happens, or none.
/// </summary>
public sealed class OutcomeStore(Database database, DecisionRows decisions)
{
    /// <summary>
    /// Commits a scored generation, and makes due what its package computes after the urgent work. A generation has exactly one result: a second one changes nothing.
    /// </summary>
    /// <exception cref="LeaseLostException">The claim no longer holds; nothing was committed.</exception>
    public async Task<CommitVerdict> CommitAsync(LeasedWork work, ScoredGeneration scored, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        await WorkRows.CompleteAsync(transaction, work, stop);
        await ScoreRows.AddLabelsAsync(transaction.Connection, scored.Scores, stop);
        var first = await transaction.Connection.ExecuteAsync(
            """
            insert into result (generation_id, scores, embedding, tensor_digest, quality, provider, code_version, timings, pixel_digest, phenotypes)
            values ($1, $2::jsonb, $3, $4, $5::jsonb, $6, $7, $8::jsonb, $9, $10)
            on conflict (generation_id) do nothing
            """,
            [scored.Generation.Value, ScoreRows.Json(scored.Scores), Floats.ToBytes(scored.Embedding.Span), scored.TensorDigest,
             StoreJson.Write(scored.Quality), scored.Provider, scored.CodeVersion, StoreJson.Write(scored.Timings), scored.PixelDigest, ScoreRows.Phenotypes(scored.Scores)], stop) == 1;
        var sinceLastImage = TimeSpan.Zero;
        if (first && scored.Scores.RisksFollow) await DeferredWork.PushAsync(transaction, work.Study, scored.Generation, stop);
        if (first && scored.Contrastive is { } vector) await EmbeddingRows.AddAsync(transaction, work.Study, scored.Generation, scored.Scores.Package, vector, stop);
        if (first)
            sinceLastImage = await decisions.AddAsync(transaction, new NewDecision(work.Study, scored.Outcome, scored.Scores.Package.Demonstration)
            {
                Generation = scored.Generation,
                Package = scored.Scores.Package,
                Rest = work.Part?.Rest ?? [],
                Policy = scored.Policy,
                PageOnly = scored.PageOnly,
                Quality = scored.Quality,
            }, stop);
        await transaction.CommitAsync(stop);
        if (first) StoreTelemetry.Decided(OutcomeColumn.Of(scored.Outcome), sinceLastImage);
        return first ? CommitVerdict.Committed : CommitVerdict.DecidedBefore;
    }

    /// <summary>
    /// Commits that a study could not be scored, and why. Saying the same again changes nothing. A verdict on its earlier images
    /// stands: the decision says it again, and what was not analysed. Of work with a <see cref="LeasedWork.Part"/> it is that package's word, else of the whole study.
    /// </summary>
    /// <param name="demonstration">True when the product runs with a demonstration model.</param>
    /// <param name="pageOnly">Silent mode: shown on the page and sent nowhere.</param>
    /// <exception cref="LeaseLostException">The claim no longer holds; nothing was committed.</exception>
    public async Task<CommitVerdict> CommitAsync(LeasedWork work, Outcome.NotAnalysed outcome, bool demonstration, bool pageOnly, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        await WorkRows.CompleteAsync(transaction, work, stop);
        var package = work.Part?.Package;
        outcome = outcome with { Kept = await DecisionRows.StandingVerdictAsync(transaction, work.Study, package?.Id, stop) };
        var said = await transaction.Connection.FirstAsync(
            "select generation_id is null and because = $2 from decision where study_uid = $1 and package_id is not distinct from $3::text order by decided_at desc limit 1",
            [work.Study.Value, outcome.Sentence, package?.Id], row => row.GetBoolean(0), stop);
        var sinceLastImage = TimeSpan.Zero;
        if (!said) sinceLastImage = await decisions.AddAsync(transaction, new NewDecision(work.Study, outcome, demonstration) { Package = package, Rest = work.Part?.Rest ?? [], PageOnly = pageOnly }, stop);
        await transaction.CommitAsync(stop);
        if (!said) StoreTelemetry.Decided(OutcomeColumn.Of(outcome), sinceLastImage);
        return said ? CommitVerdict.DecidedBefore : CommitVerdict.Committed;
    }

    /// <summary>Ends the claim because its generation has a result already.</summary>
    public async Task CompleteUnchangedAsync(LeasedWork work, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        await WorkRows.CompleteAsync(transaction, work, stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>Ends the claim because nothing can be read of a study that is not complete: what closes it asks again.</summary>
    /// <returns>False when it is complete by now; the claim still holds.</returns>
    public async Task<bool> CompleteUndecidedAsync(LeasedWork work, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        await WorkRows.CompleteAsync(transaction, work, stop);
        if (await transaction.Connection.FirstAsync("select closed_at is not null from study where study_uid = $1", [work.Study.Value], row => row.GetBoolean(0), stop)) return false;
        await transaction.CommitAsync(stop);
        return true;
    }
}
