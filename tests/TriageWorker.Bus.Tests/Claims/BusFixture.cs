using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Bus.Tests;

/// <summary>A database with the queue over it, and SQL to look and to move leases into the past.</summary>
public sealed class BusFixture(PostgresServer server) : PostgresFixture(server)
{
    public BusOptions Options { get; } = new() { Lease = TimeSpan.FromMinutes(10) };

    public WorkQueue Queue(string node = "here", TimeSpan? lease = null, BreakerPolicy? breaker = null) =>
        new(Database, new NodeName(node), Microsoft.Extensions.Options.Options.Create(Options with { Lease = lease ?? Options.Lease, Breaker = breaker ?? Options.Breaker }), TimeProvider.System);

    /// <summary>A study that is known and has one row of work, due since the given time.</summary>
    public async Task<StudyUid> PushAsync(Stage stage, TimeSpan dueSince, TimeSpan credit = default, string? lane = null)
    {
        var study = SomeStudies.NewStudy();
        await ExecuteAsync("insert into study (study_uid, caller, idle_time, first_received_at, last_received_at, last_indexed_at) values ($1, 'CT1', '5 seconds', now(), now(), now())", study.Value);
        await using var transaction = await Database.BeginAsync(Stop);
        await WorkRows.PushAsync(transaction, stage, study.Value, lane, study, -dueSince, credit, Stop);
        await transaction.CommitAsync(Stop);
        return study;
    }

    public async Task ExpireAsync(Claim claim) => await ExecuteAsync("update work set lease_until = now() - interval '1 second' where id = $1", claim.Work.Id);

    public async Task<(string State, int Attempts)> StateAsync(StudyUid study, Stage stage) =>
        await ReadAsync("select state, attempts from work where study_uid = $1 and stage = $2", row => (row.GetString(0), row.GetInt32(1)), study.Value, stage.Column());

    public async Task ExecuteAsync(string sql, params object?[] values)
    {
        await using var connection = await Database.OpenAsync(Stop);
        await connection.ExecuteAsync(sql, values, Stop);
    }

    public async Task<T> ReadAsync<T>(string sql, Func<Npgsql.NpgsqlDataReader, T> read, params object?[] values)
    {
        await using var connection = await Database.OpenAsync(Stop);
        return (await connection.ListAsync(sql, values, read, Stop)).Single();
    }

    public Task ClearAsync() => ExecuteAsync("delete from outbox; delete from work; delete from breaker; delete from alarm_notice; delete from alarm_event; delete from alarm");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
}
