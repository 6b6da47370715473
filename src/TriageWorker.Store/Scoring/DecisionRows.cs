using System.Collections.ObjectModel;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using TriageWorker.Triage;

namespace TriageWorker.Store;

internal sealed record NewDecision(StudyUid Study, Outcome Outcome, bool Demonstration)
{
    public GenerationId? Generation { get; init; }

    /// <summary>Whose word it is; null: of the study as a whole.</summary>
    public PackageIdentity? Package { get; init; }

    /// <summary>Packages that are to score it after this one.</summary>
    public IReadOnlyList<PackageIdentity> Rest { get; init; } = [];

    public Policy? Policy { get; init; }

    public bool PageOnly { get; init; }

    /// <summary>Figures of the model's input, by name; empty when nothing was scored.</summary>
    public IReadOnlyDictionary<string, double> Quality { get; init; } = ReadOnlyDictionary<string, double>.Empty;
}

/// <summary>A decision and everything that follows from it, inside the caller's transaction.</summary>
public sealed class DecisionRows(NodeName node, RankCredits rank, WorkCredits credits, IOptions<DestinationOptions> destinations)
{
    /// <returns>For how long the study's last image has had its row.</returns>
    internal async Task<TimeSpan> AddAsync(DatabaseTransaction transaction, NewDecision decision, CancellationToken stop)
    {
        var connection = transaction.Connection;
        var (order, sinceLastImage) = await connection.FirstAsync("select order_class, clock_timestamp() - last_indexed_at from study where study_uid = $1 for no key update",
            [decision.Study.Value], row => ((OrderClass)row.GetInt16(0), row.GetTimeSpan(1)), stop);
        var id = Guid.CreateVersion7();
        var superseded = await SupersededAsync(transaction, decision, stop);
        await connection.ExecuteAsync(
            """
            insert into decision (id, study_uid, generation_id, outcome, flag_level, because, flags, policy_id, policy_version, policy_digest,
                                  approved, demonstration, supersedes, package_id, package_title)
            values ($1, $2, $3::uuid, $4, $5, $6, $7::jsonb, $8::text, $9::text, $10::bytea, $11::jsonb, $12, $13::uuid, $14::text, $15::text)
            """,
            [
                id, decision.Study.Value, decision.Generation?.Value, OutcomeColumn.Of(decision.Outcome), (short)decision.Outcome.Level,
                decision.Outcome.Sentence, StoreJson.Write(decision.Outcome.Fired), decision.Policy?.Id, decision.Policy?.Version,
                decision.Policy is null ? null : Convert.FromHexString(decision.Policy.Digest),
                StoreJson.Write(decision.Policy?.Approved ?? []), decision.Demonstration, superseded,
                decision.Package?.Id, decision.Package?.Title,
            ], stop);
        var move = await WorklistRows.SetAsync(transaction, decision, order, rank, stop);
        if (superseded is not null)
            await DeliveryRows.WithholdUnsentAsync(connection, node, id, keepVerdicts: decision.Outcome is Outcome.NotAnalysed { Kept: not null }, stop);
        if (!decision.PageOnly)
            await DeliveryRows.AddAsync(transaction, node, decision, id, destinations.Value.Destinations, credits.Of(order), stop);
        await AuditLedger.AppendAsync(transaction, new(node.Value, "decision.made", decision.Study, decision.Generation, new JsonObject
        {
            ["decision"] = id.ToString(),
            ["outcome"] = OutcomeColumn.Of(decision.Outcome),
            ["because"] = decision.Outcome.Sentence,
            ["package"] = decision.Package?.Id,
            ["policy"] = decision.Policy?.Id,
            ["policyVersion"] = decision.Policy?.Version,
            ["policyDigest"] = decision.Policy?.Digest,
            ["supersedes"] = superseded?.ToString(),
            ["flagBefore"] = move.Before.ToString(),
            ["flagNow"] = move.Now.ToString(),
            ["input"] = decision.Quality.Count == 0 ? null : new JsonObject(decision.Quality.Select(figure => KeyValuePair.Create(figure.Key, (JsonNode?)figure.Value))),
        }), stop);
        await WorklistRows.NotifyAsync(connection, decision.Study, stop);
        return sinceLastImage;
    }

    /// <summary>What a study that a package has scored keeps when newer images cannot be; null when it has no verdict. Call it with the study's row held.</summary>
    internal static async Task<KeptVerdict?> StandingVerdictAsync(DatabaseTransaction transaction, StudyUid study, string? packageId, CancellationToken stop) =>
        await transaction.Connection.FirstAsync(
            """
            select because, flags::text from (
              select because, flags, outcome from decision
              where study_uid = $1 and generation_id is not null and ($2::text is null or package_id = $2::text) order by decided_at desc limit 1) scored
            where outcome in ('positive', 'negative')
            """,
            [study.Value, packageId], row => new KeptVerdict(row.GetString(0), StoreJson.ReadFlags(row.GetString(1))), stop);

    // What this decision follows: the newest one of the same package, or one that was of no package; and where it is of none
    // itself, the newest of all. So the chain leads to every document that a destination may have got.
    private static async Task<Guid?> SupersededAsync(DatabaseTransaction transaction, NewDecision decision, CancellationToken stop) =>
        await transaction.Connection.FirstAsync<Guid?>(
            """
            select id from decision where study_uid = $1 and (package_id is null or $2::text is null or package_id = $2::text)
            order by decided_at desc limit 1
            """,
            [decision.Study.Value, decision.Package?.Id], row => row.GetGuid(0), stop);
}

/// <summary>The outcome as the tables write it.</summary>
internal static class OutcomeColumn
{
    public static string Of(Outcome outcome) => outcome switch
    {
        Outcome.Positive => Of(StudyOutcome.Positive),
        Outcome.Negative => Of(StudyOutcome.Negative),
        Outcome.NotAnalysed => Of(StudyOutcome.NotAnalysed),
        _ => throw new System.Diagnostics.UnreachableException($"{outcome} is no outcome we know."),
    };

    public static string Of(StudyOutcome outcome) => outcome switch
    {
        StudyOutcome.Positive => "positive",
        StudyOutcome.Negative => "negative",
        StudyOutcome.NotAnalysed => "not_analysed",
        _ => throw new System.Diagnostics.UnreachableException($"{outcome} is no outcome we know."),
    };

    public static StudyOutcome Read(string outcome) => outcome switch
    {
        "positive" => StudyOutcome.Positive,
        "negative" => StudyOutcome.Negative,
        "not_analysed" => StudyOutcome.NotAnalysed,
        _ => throw new System.Diagnostics.UnreachableException($"{outcome} is no outcome we know."),
    };
}
