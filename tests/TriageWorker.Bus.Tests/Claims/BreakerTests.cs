using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Bus.Tests;

public sealed class BreakerTests(BusFixture fixture) : IClassFixture<BusFixture>, IAsyncLifetime
{
    private const string Dark = "dark", Bright = "bright";
    private static readonly RetryPolicy Patient = new(500, TimeSpan.FromHours(1), TimeSpan.FromHours(2));
    private static readonly BreakerPolicy AfterThree = new() { OpensAfter = 3, FirstProbe = TimeSpan.FromMinutes(10), LongestProbe = TimeSpan.FromMinutes(25) };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private long _audited;

    public async ValueTask InitializeAsync()
    {
        await fixture.ClearAsync();
        _audited = await fixture.ReadAsync("select coalesce(max(id), 0) from audit", row => row.GetInt64(0));
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task After_failures_in_a_row_no_process_claims_from_the_lane_and_all_others_go_on()
    {
        var studies = await PushAsync(Dark, 5);
        for (var i = 0; i < 3; i++) await FailNextAsync();
        var healthy = (await PushAsync(Bright, 1))[0];

        (await fixture.Queue("another process", breaker: AfterThree).ClaimAsync(Stage.Delivery, 500, Stop)).ShouldNotBeNull().Study.ShouldBe(healthy);
        (await ClaimAsync()).ShouldBeNull();
        var alarm = (await fixture.Get<AlarmStore>().OpenAsync(Stop)).ShouldHaveSingleItem().Alarm;
        (alarm.Kind, alarm.Subject, alarm.Severity).ShouldBe(("destination.down", Dark, AlarmSeverity.Critical));
        alarm.Sentence.ShouldContain("dark has failed 3 times in a row, the last time with \"no answer.\"");
        (await AuditAsync()).ShouldBe(["breaker.opened", "alarm.raised"], ignoreOrder: true);
        (await fixture.StateAsync(studies[3], Stage.Delivery)).ShouldBe(("due", 0));
        (await fixture.StateAsync(studies[2], Stage.Delivery)).ShouldBe(("due", 0), "the failure that opened it is not the document's");
    }

    [Fact]
    public async Task An_answer_between_failures_keeps_it_closed_also_when_it_is_a_refusal()
    {
        await PushAsync(Dark, 5);
        await FailNextAsync();
        await FailNextAsync();
        await FailNextAsync(new WorkFault(Prospect.NeedsSomebody, "it answered 0x0122.", "status-0122", "it does not take it") { Lane = LaneNews.Answers });
        await FailNextAsync();
        await FailNextAsync();

        (await fixture.ReadAsync("select state, failures from breaker", row => (row.GetString(0), row.GetInt32(1)))).ShouldBe(("closed", 2));
        (await fixture.Get<AlarmStore>().OpenAsync(Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_many_processes_one_probes()
    {
        await OpenAsync(waiting: 20);
        await ProbeTimeAsync();

        // All of them see that its time has come before any of them can take it.
        Task<Claim?[]> claiming;
        await using (var held = await fixture.Database.BeginAsync(Stop))
        {
            await held.Connection.ExecuteAsync("select 1 from breaker for update", [], Stop);
            claiming = Task.WhenAll(Enumerable.Range(0, 12).Select(process => fixture.Queue($"process {process}", breaker: AfterThree).ClaimAsync(Stage.Delivery, 500, Stop)));
            while (await fixture.ReadAsync("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'", row => row.GetInt64(0)) < 12)
            {
                // Each look is a way to the server and back.
            }
        }

        var claims = await claiming;
        var probe = claims.OfType<Claim>().ShouldHaveSingleItem();
        probe.IsProbe.ShouldBeTrue();
        await ProbeTimeAsync(); // as long as it holds its row, its time may pass
        (await ClaimAsync()).ShouldBeNull();
        await probe.DisposeAsync();
    }

    [Fact]
    public async Task A_probe_that_fails_makes_the_next_wait_longer_burns_no_attempt_and_gives_another_row_the_turn()
    {
        var studies = await OpenAsync(waiting: 2);
        var probed = new List<StudyUid>();
        var waits = new List<TimeSpan>();
        for (var probe = 0; probe < 3; probe++)
        {
            await ProbeTimeAsync();
            probed.Add(await FailNextAsync());
            waits.Add(await fixture.ReadAsync("select probe_at - failed_at from breaker", row => row.GetTimeSpan(0)));
            await fixture.ExecuteAsync("update work set due_at = due_at - interval '2 hours', urgency = urgency - interval '2 hours' where lane = $1", Dark); // the time until then passes
        }

        probed[..2].ShouldBe(studies, ignoreOrder: true);
        waits.Select(wait => Math.Round(wait.TotalMinutes)).ShouldBe([20, 25, 25]);
        foreach (var study in studies) (await fixture.StateAsync(study, Stage.Delivery)).ShouldBe(("due", 0));
        (await AuditAsync()).Count(line => line == "breaker.opened").ShouldBe(1);
    }

    [Fact]
    public async Task The_first_success_makes_all_that_wait_due_at_once_with_their_credit_and_ends_the_alarm()
    {
        var failed = await PushAsync(Dark, 2, credit: TimeSpan.FromHours(4));
        foreach (var _ in failed) await FailNextAsync(); // wait an hour for their next attempt
        await PushAsync(Dark, 1);
        await FailNextAsync();
        var waiting = await PushAsync(Dark, 2);
        await ProbeTimeAsync();

        await using (var probe = (await ClaimAsync())!) await SucceedAsync(probe);

        var claims = new List<Claim>();
        while (await ClaimAsync() is { } claim) claims.Add(claim);
        claims.Count.ShouldBe(4); // two with their credit, the one that opened it, one that was never claimed
        claims.Take(2).Select(claim => claim.Study).ShouldBe(failed, ignoreOrder: true);
        claims.ShouldAllBe(claim => !claim.IsProbe);
        waiting.Count(study => claims.Any(claim => claim.Study == study)).ShouldBe(1);
        (await fixture.Get<AlarmStore>().OpenAsync(Stop)).ShouldBeEmpty();
        (await fixture.Get<AlarmStore>().NewestAsync(1, Stop))[0].ClearedBecause.ShouldBe("dark answers again.");
        (await AuditAsync()).ShouldBe(["alarm.raised", "breaker.opened", "alarm.cleared", "breaker.closed"]);
        (await fixture.ReadAsync("select count(*) from outbox where message->>'stage' = 'Delivery' and created_at > (select max(at) - interval '1 second' from audit)", row => row.GetInt64(0))).ShouldBeGreaterThan(0);
        foreach (var claim in claims) await claim.DisposeAsync();
    }

    [Fact]
    public async Task A_restart_finds_it_open()
    {
        await OpenAsync(waiting: 1);
        await using var source = Npgsql.NpgsqlDataSource.Create(fixture.ConnectionString);
        await using var restarted = new Database(source, new OutboxSignal());
        var queue = new WorkQueue(restarted, new NodeName("restarted"), Microsoft.Extensions.Options.Options.Create(fixture.Options), TimeProvider.System);

        (await queue.ClaimAsync(Stage.Delivery, 500, Stop)).ShouldBeNull();
        await ProbeTimeAsync();
        await using var probe = (await queue.ClaimAsync(Stage.Delivery, 500, Stop)).ShouldNotBeNull();
        probe.IsProbe.ShouldBeTrue();
    }

    [Fact]
    public async Task A_process_that_dies_over_its_probe_leaves_the_next_to_another()
    {
        await OpenAsync(waiting: 2);
        await ProbeTimeAsync();
        await using var probe = (await ClaimAsync())!;
        await fixture.ExpireAsync(probe); // it dies here
        await new Sweeper(fixture.Database, new OutboxSignal(), Microsoft.Extensions.Options.Options.Create(fixture.Options), TimeProvider.System, NullLogger<Sweeper>.Instance).SweepAsync(Stop);
        (await ClaimAsync()).ShouldBeNull("a lease's time has to pass");
        await ProbeTimeAsync();

        await using var next = (await ClaimAsync()).ShouldNotBeNull();
        next.IsProbe.ShouldBeTrue();
    }

    [Fact]
    public async Task A_probe_that_is_handed_back_at_shutdown_is_had_by_another_at_once()
    {
        await OpenAsync(waiting: 1);
        await ProbeTimeAsync();
        await (await ClaimAsync())!.DisposeAsync();

        await using var next = (await ClaimAsync()).ShouldNotBeNull();
        next.IsProbe.ShouldBeTrue();
    }

    [Fact]
    public async Task A_claim_touches_as_little_when_a_hundred_thousand_rows_wait_behind_an_open_breaker_as_when_one_does()
    {
        await OpenAsync(waiting: 1);
        await PushAsync(Bright, 10);
        await fixture.ExecuteAsync("analyze work");
        var few = await TouchedAsync();
        await fixture.ExecuteAsync(
            """
            insert into work (stage, key, study_uid, due_at, urgency, lane)
            select 'delivery', 'waits-' || i, (select study_uid from study limit 1), now() - interval '1 day' + i * interval '1 ms', now() - interval '1 day' + i * interval '1 ms', 'dark'
            from generate_series(1, 100000) i
            """);
        await fixture.ExecuteAsync("vacuum analyze work");

        var many = await TouchedAsync();

        many.ShouldBeLessThan(few + 30, "pages: only the index may have grown, by a level");
    }

    // Pages that one claim reads or writes; nothing is claimed.
    private async Task<long> TouchedAsync()
    {
        await using var transaction = await fixture.Database.BeginAsync(Stop);
        var plan = await transaction.Connection.FirstAsync("explain (analyze, buffers, format json) " + WorkQueue.Sql,
            ["delivery", "here", TimeSpan.FromMinutes(1), Array.Empty<string>(), true], row => row.GetString(0), Stop);
        using var json = JsonDocument.Parse(plan!);
        var root = json.RootElement[0].GetProperty("Plan");
        root.GetProperty("Actual Rows").GetDouble().ShouldBe(1);
        return root.GetProperty("Shared Hit Blocks").GetInt64() + root.GetProperty("Shared Read Blocks").GetInt64();
    }

    // Three failures of rows that then wait for their own next attempt, and so many that were never claimed.
    private async Task<List<StudyUid>> OpenAsync(int waiting)
    {
        await PushAsync(Dark, 3);
        for (var i = 0; i < 3; i++) await FailNextAsync();
        (await fixture.ReadAsync("select state from breaker", row => row.GetString(0))).ShouldBe("open");
        return await PushAsync(Dark, waiting);
    }

    private Task ProbeTimeAsync() => fixture.ExecuteAsync("update breaker set probe_at = now() - interval '1 second'");

    private async Task<List<StudyUid>> PushAsync(string lane, int rows, TimeSpan credit = default)
    {
        var studies = new List<StudyUid>();
        for (var i = 0; i < rows; i++) studies.Add(await fixture.PushAsync(Stage.Delivery, TimeSpan.FromSeconds(rows - i), credit, lane));
        return studies;
    }

    private Task<Claim?> ClaimAsync() => fixture.Queue(breaker: AfterThree).ClaimAsync(Stage.Delivery, 500, Stop);

    private async Task<StudyUid> FailNextAsync(WorkFault? fault = null)
    {
        await using var claim = (await ClaimAsync()).ShouldNotBeNull();
        await claim.FailAsync(fault ?? SomeFaults.Down(), Patient, Stop);
        return claim.Study;
    }

    // As a store does: the work and its lane in one transaction.
    private async Task SucceedAsync(Claim claim)
    {
        await using var transaction = await fixture.Database.BeginAsync(Stop);
        await claim.CompleteAsync(transaction, Stop);
        await BreakerRows.AnswersAsync(transaction, new NodeName("here"), claim.Lane!, claim.Work, "dark answers again.", Stop);
        await transaction.CommitAsync(Stop);
    }

    private async Task<List<string>> AuditAsync()
    {
        await using var connection = await fixture.Database.OpenAsync(Stop);
        return await connection.ListAsync("select event from audit where id > $1 order by id", [_audited], row => row.GetString(0), Stop);
    }
}
