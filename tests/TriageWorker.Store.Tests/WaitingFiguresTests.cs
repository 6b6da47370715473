using TriageWorker.Testing;

namespace TriageWorker.Store.Tests;

public sealed class WaitingFiguresTests(StoreFixture fixture) : IClassFixture<StoreFixture>, IAsyncLifetime
{
    private const string NewStudy = "insert into study (study_uid, caller, idle_time, first_received_at, last_received_at, last_indexed_at) values ($1, 'CT1', '5 seconds', now(), now(), now())";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await fixture.ExecuteAsync("delete from outbox; delete from work; update alarm set cleared_at = now(), cleared_because = 'over'");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Nothing_that_waits_is_nothing()
    {
        var figures = await fixture.Get<WaitingFiguresStore>().ReadAsync(Stop);
        (figures.Work.Count, figures.Oldest.Count, figures.Tokens, figures.OldestToken, figures.Alarms.Count, figures.Deliveries.Count).ShouldBe((0, 0, 0L, TimeSpan.Zero, 0, 0));
    }

    [Fact]
    public async Task What_waits_is_counted_by_what_an_operator_asks_for()
    {
        var study = SomeStudies.NewStudy().Value;
        await fixture.ExecuteAsync(NewStudy, study);
        await WorkAsync(study, "scoring", "due", "-1 hour");
        await WorkAsync(study, "scoring", "due", "-1 minute");
        await WorkAsync(study, "scoring", "due", "1 hour");
        await fixture.ExecuteAsync("insert into work (stage, key, study_uid, urgency, due_at) values ('scoring', 'deferred/1', $1, now() + interval '1 hour', now() - interval '2 hours')", study);
        await WorkAsync(study, "scoring", "dead", "-1 hour");
        await WorkAsync(study, "closing", "done", "-1 hour");
        await WorkAsync(study, "delivery", "due", "1 hour", "pacs");
        await WorkAsync(study, "delivery", "leased", "-1 hour", "pacs");
        await WorkAsync(study, "delivery", "leased", "-1 hour", "archive");
        await fixture.ExecuteAsync("insert into outbox (queue, message, created_at) values ('triage.scoring', '{}', now() - interval '1 hour'), ('triage.scoring', '{}', now())");
        await fixture.Get<AlarmStore>().SetAsync(new Alarm("test.trouble", "a", AlarmSeverity.Critical, "It is gone."), Stop);
        await fixture.Get<AlarmStore>().SetAsync(new Alarm("test.trouble", "b", AlarmSeverity.Critical, "It is gone."), Stop);

        var figures = await fixture.Get<WaitingFiguresStore>().ReadAsync(Stop);

        figures.Work.ShouldBe(new Dictionary<(string, string), long>
        {
            [("scoring", "due")] = 2, [("scoring", "waiting")] = 2, [("scoring", "dead")] = 1, [("delivery", "waiting")] = 1, [("delivery", "leased")] = 2,
        }, ignoreOrder: true);
        figures.Oldest.ShouldHaveSingleItem().Value.ShouldBeInRange(TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(70));
        figures.Tokens.ShouldBe(2);
        figures.OldestToken.ShouldBeInRange(TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(70));
        figures.Alarms[("test.trouble", "critical")].ShouldBe(2);
        figures.Deliveries.ShouldBe(new Dictionary<string, long> { ["pacs"] = 2, ["archive"] = 1 }, ignoreOrder: true);
    }

    [Fact]
    public async Task Counting_reads_no_row_of_work_that_is_done()
    {
        var study = SomeStudies.NewStudy().Value;
        await fixture.ExecuteAsync(NewStudy, study);
        await fixture.ExecuteAsync("insert into work (stage, key, study_uid, urgency, due_at, state) select 'closing', 'done ' || n, $1, now(), now(), 'done' from generate_series(1, 20000) n", study);
        await WorkAsync(study, "scoring", "due", "-1 hour");
        await fixture.ExecuteAsync("analyze work");

        await using var connection = await fixture.Database.OpenAsync(Stop);
        var plan = await connection.ListAsync("explain (costs off) " + WaitingFiguresStore.Query, [], row => row.GetString(0), Stop);

        plan.Where(line => line.Contains("Seq Scan on work", StringComparison.Ordinal)).ShouldBeEmpty(string.Join('\n', plan));
        plan.ShouldContain(line => line.Contains("work_dead", StringComparison.Ordinal));
    }

    private Task WorkAsync(string study, string stage, string state, string due, string? lane = null) => fixture.ExecuteAsync(
        """
        insert into work (stage, key, study_uid, urgency, due_at, state, lane, lease_owner, lease_until)
        values ($1, gen_random_uuid()::text, $2, now(), now() + $3::interval, $4, $5::text, case when $4 = 'leased' then 'test' end, case when $4 = 'leased' then now() + interval '1 hour' end)
        """, stage, study, due, state, lane);
}
