using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>What the models in use need of a series. The scoring processes say it; whoever closes a series reads it.</summary>
public sealed class StackNeedStore(Database database)
{
    private static readonly TimeSpan s_inUseFor = TimeSpan.FromDays(1);

    /// <summary>Says it, or says it again.</summary>
    public async Task SayAsync(string packageId, StackNeed need, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(
            """
            insert into stack_need (package_id, modality, min_coverage_mm, max_spacing_mm) values ($1, $2, $3, $4)
            on conflict (package_id) do update set modality = excluded.modality, min_coverage_mm = excluded.min_coverage_mm,
              max_spacing_mm = excluded.max_spacing_mm, seen_at = clock_timestamp()
            """,
            [packageId, need.Modality, need.MinCoverageMm, need.MaxSpacingMm], stop);
    }

    internal static async Task<List<StackNeed>> InUseAsync(NpgsqlConnection connection, CancellationToken stop) =>
        await connection.ListAsync("select modality, min_coverage_mm, max_spacing_mm from stack_need where seen_at > now() - $1", [s_inUseFor],
            row => new StackNeed(row.GetString(0), row.GetDouble(1), row.GetDouble(2)), stop);
}
