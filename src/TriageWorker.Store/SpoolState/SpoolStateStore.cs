using System.Text.Json;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>What processes tell of their spools, one row each: for pages and verbs, which may run on another machine.</summary>
public sealed class SpoolStateStore(Database database)
{
    private static readonly TimeSpan SilentAfter = TimeSpan.FromMinutes(3);

    /// <summary>What the process that receives into it sees.</summary>
    public Task NoteAsync(Guid spool, string folder, SpoolFigures figures, CancellationToken stop) =>
        WriteAsync(spool, folder, JsonSerializer.Serialize(figures, SpoolJson.Default.SpoolFigures), null, null, stop);

    public Task NoteAsync(Guid spool, string folder, ReconcileFigures figures, CancellationToken stop) =>
        WriteAsync(spool, folder, null, JsonSerializer.Serialize(figures, SpoolJson.Default.ReconcileFigures), null, stop);

    public Task NoteAsync(Guid spool, string folder, RetentionRun run, CancellationToken stop) =>
        WriteAsync(spool, folder, null, null, JsonSerializer.Serialize(run, SpoolJson.Default.RetentionRun), stop);

    /// <summary>All that there are, the one that was told of last first.</summary>
    public async Task<List<SpoolRow>> AllAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            "select id, host, folder, seen_at, clock_timestamp() - seen_at > $1, state::text, reconcile::text, retention::text from spool order by seen_at desc, id", [SilentAfter], Read, stop);
    }

    /// <summary>Rows whose file is gone, over all spools, and of how many studies.</summary>
    public async Task<(long Images, long Studies)> MissingAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync("select count(*), count(distinct study_uid) from instance where missing_since is not null", [], row => (row.GetInt64(0), row.GetInt64(1)), stop);
    }

    private async Task WriteAsync(Guid spool, string folder, string? state, string? reconcile, string? retention, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(
            """
            insert into spool (id, host, folder, state, reconcile, retention) values ($1, $2, $3, coalesce($4::jsonb, '{}'), $5::jsonb, $6::jsonb)
            on conflict (id) do update set host = excluded.host, folder = excluded.folder, seen_at = clock_timestamp(),
              state = coalesce($4::jsonb, spool.state), reconcile = coalesce($5::jsonb, spool.reconcile), retention = coalesce($6::jsonb, spool.retention)
            """,
            [spool, Environment.MachineName, folder, state, reconcile, retention], stop);
    }

    private static SpoolRow Read(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.Time(3), row.GetBoolean(4),
        row.GetString(5) is { Length: > 2 } state ? JsonSerializer.Deserialize(state, SpoolJson.Default.SpoolFigures) ?? SpoolFigures.Unknown : SpoolFigures.Unknown,
        row.TextOrNull(6) is { } reconcile ? JsonSerializer.Deserialize(reconcile, SpoolJson.Default.ReconcileFigures) : null,
        row.TextOrNull(7) is { } retention ? JsonSerializer.Deserialize(retention, SpoolJson.Default.RetentionRun) : null);
}
