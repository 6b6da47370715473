using System.Text.Json.Nodes;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>
/// Adds to results what their packages compute after the urgent work. The result, and what was decided and sent because of it, stay as they are. Each act ends the
/// claim and tells the ledger in the same transaction.
/// </summary>
public sealed class AdditionStore(Database database, NodeName node)
{
    /// <summary>Null when there is no such result.</summary>
    public async Task<AwaitingResult?> FindAsync(GenerationId generation, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync(
            $"""
             select {GenerationStore.Columns}, exists (select from result_addition a where a.generation_id = g.id and a.risks is not null),
               exists (select from generation n join result nr on nr.generation_id = n.id
                       where n.study_uid = g.study_uid and n.package_id = g.package_id and (n.created_at, n.id) > (g.created_at, g.id))
             from generation g where g.id = $1 and exists (select from result r where r.generation_id = g.id)
             """,
            [generation.Value], row => new AwaitingResult(GenerationStore.Read(row), row.GetBoolean(9), row.GetBoolean(10)), stop);
    }

    /// <summary>The risks are there. A second time changes nothing.</summary>
    /// <returns>False when they were there before.</returns>
    /// <exception cref="LeaseLostException">The claim no longer holds; nothing was committed.</exception>
    public Task<bool> AddAsync(LeasedWork work, DeferredRisks added, CancellationToken stop) => EndAsync(
        work, added.Generation,
        """
        insert into result_addition as a (generation_id, risks, tensor_digest, provider, code_version, timings) values ($1, $2::jsonb, $3, $4, $5, $6::jsonb)
        on conflict (generation_id) do update set risks = excluded.risks, because = null, tensor_digest = excluded.tensor_digest, provider = excluded.provider,
          code_version = excluded.code_version, timings = excluded.timings, committed_at = excluded.committed_at
        where a.risks is null
        """,
        [added.Generation.Value, StoreJson.Write(added.Risks), added.TensorDigest, added.Provider, added.CodeVersion, StoreJson.Write(added.Timings)],
        "result.extended", new() { ["risks"] = added.Risks.Count, ["provider"] = added.Provider, ["tensor"] = Convert.ToHexStringLower(added.TensorDigest) }, stop);

    /// <summary>There are none, for the time being or for good. Nothing that was decided changes; risks that come after all, by a replay, take its place.</summary>
    /// <param name="because">A sentence.</param>
    /// <returns>False when risks are there, or the same was said before.</returns>
    /// <exception cref="LeaseLostException">The claim no longer holds; nothing was committed.</exception>
    public Task<bool> EndAsync(LeasedWork work, GenerationId generation, string because, CancellationToken stop) => EndAsync(
        work, generation,
        """
        insert into result_addition as a (generation_id, because) values ($1, $2)
        on conflict (generation_id) do update set because = excluded.because, committed_at = excluded.committed_at where a.risks is null and a.because <> excluded.because
        """,
        [generation.Value, StoredText.Clean(because)], "result.unextended", new() { ["because"] = because }, stop);

    private async Task<bool> EndAsync(LeasedWork work, GenerationId generation, string change, object?[] values, string happened, JsonObject detail, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        await WorkRows.CompleteAsync(transaction, work, stop);
        var isNews = await transaction.Connection.ExecuteAsync(change, values, stop) == 1;
        if (isNews)
        {
            await AuditLedger.AppendAsync(transaction, new(node.Value, happened, work.Study, generation, detail), stop);
            await WorklistRows.NotifyAsync(transaction.Connection, work.Study, stop);
        }

        await transaction.CommitAsync(stop);
        return isNews;
    }
}
