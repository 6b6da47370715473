using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>How a study ended, once. A study may have several; the newest counts.</summary>
/// <param name="State">positive, negative or not_analysed.</param>
/// <param name="Approved">The thresholds that the policy had then.</param>
public sealed record DecisionRow(Guid Id, GenerationId? Generation, string State, FlagLevel Level, string Because, IReadOnlyList<Flag> Flags,
    string? PolicyId, string? PolicyVersion, string? PolicyDigest, IReadOnlyList<ApprovedFinding> Approved, bool Demonstration, Guid? Supersedes,
    DateTimeOffset DecidedAt)
{
    /// <summary>Whose word it is; null where it is of the study as a whole, as older ones may be.</summary>
    public string? PackageId { get; init; }

    /// <summary>The package as people call it.</summary>
    public string? Package { get; init; }

    internal const string Columns =
        """
        d.id, d.generation_id, d.outcome, d.flag_level, d.because, d.flags::text, d.policy_id, d.policy_version,
        encode(d.policy_digest, 'hex'), d.approved::text, d.demonstration, d.supersedes, d.decided_at, d.package_id, coalesce(d.package_title, d.package_id)
        """;

    internal static async Task<DecisionRow> FindAsync(NpgsqlConnection connection, Guid id, CancellationToken stop) =>
        await connection.FirstAsync($"select {Columns} from decision d where d.id = $1", [id], Read, stop)
        ?? throw new InvalidOperationException($"There is no decision {id}.");

    internal static DecisionRow Read(NpgsqlDataReader row) => new(row.GetGuid(0), row.GuidOrNull(1) is { } generation ? new GenerationId(generation) : null,
        row.GetString(2), (FlagLevel)row.GetInt16(3), row.GetString(4), StoreJson.ReadFlags(row.GetString(5)), row.TextOrNull(6), row.TextOrNull(7),
        row.TextOrNull(8), StoreJson.ReadApproved(row.GetString(9)), row.GetBoolean(10), row.GuidOrNull(11), row.Time(12))
    {
        PackageId = row.TextOrNull(13),
        Package = row.TextOrNull(14),
    };
}
