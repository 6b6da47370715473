using Npgsql;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests;

/// <summary>A database with the stores over it, claims made by hand, and SQL to look.</summary>
public sealed class StoreFixture(PostgresServer server) : PostgresFixture(server)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Leases a row that is in the table, as the queue would.</summary>
    public async Task<LeasedWork> ClaimAsync(Stage stage, string key, bool exhausted = false)
    {
        await using var connection = await Database.OpenAsync(Stop);
        return (await connection.FirstAsync(
            """
            update work set state = 'leased', fence = fence + 1, attempts = attempts + 1, lease_owner = 'test', lease_until = now() + interval '1 hour'
            where stage = $1 and key = $2 returning id, study_uid, fence, attempts
            """,
            [stage.ToString().ToLowerInvariant(), key],
            row => new LeasedWork(row.GetInt64(0), stage, key, new StudyUid(row.GetString(1)), row.GetInt64(2), row.GetInt32(3), exhausted, LastError: null), Stop)).ShouldNotBeNull();
    }

    /// <summary>A study that has arrived and closed, and its claim for scoring.</summary>
    public async Task<LeasedWork> ClosedAsync(DateTimeOffset? arrival = null, OrderClass order = OrderClass.Routine)
    {
        var study = await Get<IndexStore>().ArriveAsync(arrival ?? new DateTimeOffset(2026, 1, 1, 8, 0, 0, TimeSpan.Zero), order);
        await Get<ClosingStore>().CloseAsync(await ClaimAsync(Stage.Closing, study.Uid.Value), "2 images, association released, nothing for 5.0 s.", Stop);
        return await ClaimAsync(Stage.Scoring, study.Uid.Value);
    }

    public async Task<T> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] values)
    {
        await using var connection = await Database.OpenAsync(Stop);
        return (await connection.ListAsync(sql, values, read, Stop)).ShouldHaveSingleItem();
    }

    public Task<long> CountAsync(string what, params object?[] values) => ReadAsync($"select count(*) from {what}", row => row.GetInt64(0), values);

    public async Task ExecuteAsync(string sql, params object?[] values)
    {
        await using var connection = await Database.OpenAsync(Stop);
        await connection.ExecuteAsync(sql, values, Stop);
    }
}
