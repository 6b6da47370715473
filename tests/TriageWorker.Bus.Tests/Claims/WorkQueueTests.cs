using System.Collections.Concurrent;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Bus.Tests;

public sealed class WorkQueueTests(BusFixture fixture) : IClassFixture<BusFixture>, IAsyncLifetime
{
    private const int ManyAttempts = 100;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await fixture.ClearAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Rows_claimed_by_many_at_once_are_each_claimed_exactly_once()
    {
        for (var i = 0; i < 60; i++) await fixture.PushAsync(Stage.Scoring, Minute);
        var claims = new ConcurrentBag<Claim>();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            var queue = fixture.Queue($"worker {worker}");
            while (await queue.ClaimAsync(Stage.Scoring, ManyAttempts, Stop) is { } claim) claims.Add(claim);
        }));

        claims.Count.ShouldBe(60);
        claims.Select(claim => claim.Work.Id).Distinct().Count().ShouldBe(60);
        foreach (var claim in claims) await claim.DisposeAsync();
    }

    [Fact]
    public async Task The_most_urgent_is_claimed_first_and_routine_work_that_waited_longer_than_the_credit_goes_before_stat_work()
    {
        var credits = new WorkCredits { Stat = TimeSpan.FromHours(24), Urgent = TimeSpan.FromHours(4) };
        var routineNow = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero, credits.Of(OrderClass.Routine));
        var routineFiveHours = await fixture.PushAsync(Stage.Scoring, TimeSpan.FromHours(5), credits.Of(OrderClass.Routine));
        var urgentNow = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero, credits.Of(OrderClass.Urgent));
        var statNow = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero, credits.Of(OrderClass.Stat));
        var routineTwoDays = await fixture.PushAsync(Stage.Scoring, TimeSpan.FromDays(2), credits.Of(OrderClass.Routine));

        (await ClaimAllAsync(Stage.Scoring)).ShouldBe([routineTwoDays, statNow, routineFiveHours, urgentNow, routineNow]);
    }

    [Fact]
    public async Task Work_that_yields_waits_for_its_time_where_something_is_being_done_and_has_its_turn_at_once_where_nothing_is()
    {
        var yields = await fixture.PushAsync(Stage.Scoring, Minute, -TimeSpan.FromHours(1));
        (await fixture.Queue().ClaimAsync(Stage.Scoring, ManyAttempts, [], isIdle: false, Stop)).ShouldBeNull();

        var later = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        (await ClaimAllAsync(Stage.Scoring)).ShouldBe([later, yields]);

        var aged = await fixture.PushAsync(Stage.Scoring, TimeSpan.FromMinutes(61), -TimeSpan.FromHours(1));
        await using var claim = await fixture.Queue().ClaimAsync(Stage.Scoring, ManyAttempts, [], isIdle: false, Stop);
        claim!.Study.ShouldBe(aged);
    }

    [Fact]
    public async Task What_is_not_due_yet_is_not_claimed_and_other_stages_are_left_alone()
    {
        await fixture.PushAsync(Stage.Scoring, -TimeSpan.FromHours(1));
        await fixture.PushAsync(Stage.Delivery, Minute);

        (await fixture.Queue().ClaimAsync(Stage.Scoring, ManyAttempts, Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task An_expired_lease_goes_to_another_and_the_first_holder_can_commit_nothing()
    {
        var study = await fixture.PushAsync(Stage.Scoring, Minute);
        await using var first = (await fixture.Queue("first").ClaimAsync(Stage.Scoring, ManyAttempts, Stop))!;
        await fixture.ExpireAsync(first);
        (await Sweep()).ShouldBe(1);
        await using var second = (await fixture.Queue("second").ClaimAsync(Stage.Scoring, ManyAttempts, Stop))!;

        second.Work.Id.ShouldBe(first.Work.Id);
        second.Work.Fence.ShouldBeGreaterThan(first.Work.Fence);
        await using (var transaction = await fixture.Database.BeginAsync(Stop))
        {
            await AuditLedger.AppendAsync(transaction, new("test", "test.first", study), Stop);
            await Should.ThrowAsync<LeaseLostException>(() => first.CompleteAsync(transaction, Stop));
        }
        await Should.ThrowAsync<LeaseLostException>(() => first.FailAsync(SomeFaults.Passing("late"), RetryPolicy.Default, Stop));
        await Should.ThrowAsync<LeaseLostException>(() => first.RescheduleAsync(DateTimeOffset.UnixEpoch, Stop));
        (await first.HandBackAsync(Stop)).ShouldBeFalse();

        (await fixture.StateAsync(study, Stage.Scoring)).State.ShouldBe("leased");
        (await fixture.ReadAsync("select count(*) from audit where study_uid = $1", row => row.GetInt64(0), study.Value)).ShouldBe(0);
    }

    [Fact]
    public async Task A_push_while_the_work_runs_makes_it_due_again_and_takes_the_claim_away()
    {
        var study = await fixture.PushAsync(Stage.Closing, Minute);
        await using var claim = (await fixture.Queue().ClaimAsync(Stage.Closing, ManyAttempts, Stop))!;

        await using (var transaction = await fixture.Database.BeginAsync(Stop))
        {
            await WorkRows.PushAsync(transaction, Stage.Closing, study.Value, study, TimeSpan.Zero, TimeSpan.Zero, Stop);
            await transaction.CommitAsync(Stop);
        }

        await using var attempt = await fixture.Database.BeginAsync(Stop);
        await Should.ThrowAsync<LeaseLostException>(() => claim.CompleteAsync(attempt, Stop));
        (await fixture.StateAsync(study, Stage.Closing)).ShouldBe(("due", 0));
    }

    [Fact]
    public async Task The_heartbeat_renews_the_lease_by_database_time_and_tells_when_it_is_lost()
    {
        await fixture.PushAsync(Stage.Scoring, Minute);
        await using var claim = (await fixture.Queue(lease: TimeSpan.FromMilliseconds(300)).ClaimAsync(Stage.Scoring, ManyAttempts, Stop))!;
        await fixture.ExecuteAsync("update work set fence = fence + 1 where id = $1", claim.Work.Id);

        var lost = new TaskCompletionSource();
        await using var told = claim.Lost.Register(lost.SetResult);
        await lost.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
    }

    [Fact]
    public async Task A_heartbeat_that_waited_for_the_transaction_that_completes_its_claim_calls_nothing_lost()
    {
        await fixture.PushAsync(Stage.Scoring, Minute);
        var claim = (await fixture.Queue(lease: TimeSpan.FromMilliseconds(900)).ClaimAsync(Stage.Scoring, ManyAttempts, Stop))!;
        var lost = claim.Lost;
        await using (var transaction = await fixture.Database.BeginAsync(Stop))
        {
            await claim.CompleteAsync(transaction, Stop);
            await BlockedAsync();
            await transaction.CommitAsync(Stop);
        }

        await claim.DisposeAsync(); // which lets the beat end
        lost.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task A_heartbeat_that_meets_a_dead_connection_tries_the_next_before_the_lease_is_over()
    {
        await fixture.PushAsync(Stage.Scoring, Minute);
        var lease = TimeSpan.FromSeconds(3);
        await using var claim = (await fixture.Queue(lease: lease).ClaimAsync(Stage.Scoring, ManyAttempts, Stop))!;
        await using var row = await fixture.Database.BeginAsync(Stop);
        await row.Connection.ExecuteAsync("select 1 from work where id = $1 for update", [claim.Work.Id], Stop);
        await BlockedAsync(); // a beat waits, for ever if it were let

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15)); // half of what Npgsql waits by itself
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var first = (await BlockedBeatsAsync()).Single();
        while ((await BlockedBeatsAsync()).Contains(first)) await look.WaitForNextTickAsync(patience.Token);
        claim.Lost.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task Failing_waits_as_the_policy_says_and_after_the_last_attempt_the_row_comes_back_to_be_settled_and_ends_dead()
    {
        var policy = new RetryPolicy(2, TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        var study = await fixture.PushAsync(Stage.Scoring, Minute);
        await using (var first = (await fixture.Queue().ClaimAsync(Stage.Scoring, policy.MaxAttempts, Stop))!) await first.FailAsync(SomeFaults.Passing("one"), policy, Stop);
        (await fixture.Queue().ClaimAsync(Stage.Scoring, policy.MaxAttempts, Stop)).ShouldBeNull();
        await fixture.ExecuteAsync("update work set due_at = now() where study_uid = $1", study.Value);
        await using (var second = (await fixture.Queue().ClaimAsync(Stage.Scoring, policy.MaxAttempts, Stop))!)
        {
            second.Work.Exhausted.ShouldBeFalse();
            await second.FailAsync(SomeFaults.Passing("two"), policy, Stop);
        }

        await using var last = (await fixture.Queue().ClaimAsync(Stage.Scoring, policy.MaxAttempts, Stop))!;
        last.Work.Exhausted.ShouldBeTrue();
        last.Work.LastError.ShouldBe("two");
        await using var transaction = await fixture.Database.BeginAsync(Stop);
        await last.CompleteAsync(transaction, Stop);
        await transaction.CommitAsync(Stop);
        (await fixture.StateAsync(study, Stage.Scoring)).State.ShouldBe("dead");
    }

    [Fact]
    public async Task Work_that_failed_stands_behind_what_came_due_meanwhile_and_keeps_its_credit()
    {
        var policy = new RetryPolicy(ManyAttempts, TimeSpan.Zero, TimeSpan.Zero);
        var failing = await fixture.PushAsync(Stage.Delivery, TimeSpan.FromHours(1));
        var stat = await fixture.PushAsync(Stage.Delivery, TimeSpan.FromHours(1), credit: TimeSpan.FromHours(2));
        var fresh = await fixture.PushAsync(Stage.Delivery, Minute);
        await using (var first = (await fixture.Queue().ClaimAsync(Stage.Delivery, ManyAttempts, Stop))!)
        await using (var second = (await fixture.Queue().ClaimAsync(Stage.Delivery, ManyAttempts, Stop))!)
        {
            (first.Study, second.Study).ShouldBe((stat, failing));
            await first.FailAsync(SomeFaults.Passing("no answer"), policy, Stop);
            await second.FailAsync(SomeFaults.Passing("no answer"), policy, Stop);
        }

        (await ClaimAllAsync(Stage.Delivery)).ShouldBe([stat, fresh, failing]);
    }

    [Fact]
    public async Task Work_that_is_rescheduled_or_handed_back_has_used_up_no_attempt()
    {
        var study = await fixture.PushAsync(Stage.Closing, Minute);
        await using (var claim = (await fixture.Queue().ClaimAsync(Stage.Closing, ManyAttempts, Stop))!)
            await claim.RescheduleAsync(TimeProvider.System.GetUtcNow().AddHours(-1), Stop);
        (await fixture.StateAsync(study, Stage.Closing)).ShouldBe(("due", 0));

        await using (await fixture.Queue().ClaimAsync(Stage.Closing, ManyAttempts, Stop))
        {
            // disposed without being settled
        }
        (await fixture.StateAsync(study, Stage.Closing)).ShouldBe(("due", 0));
    }

    private async Task BlockedAsync()
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await BlockedBeatsAsync()).Count == 0) await look.WaitForNextTickAsync(Stop);
    }

    /// <summary>When those beats began that wait for a row now.</summary>
    private async Task<List<DateTimeOffset>> BlockedBeatsAsync()
    {
        await using var connection = await fixture.Database.OpenAsync(Stop);
        return await connection.ListAsync(
            "select query_start from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'update work set lease_until%'", [],
            row => row.GetFieldValue<DateTimeOffset>(0), Stop);
    }

    private async Task<int> Sweep() => await new Sweeper(fixture.Database, new OutboxSignal(), Microsoft.Extensions.Options.Options.Create(fixture.Options),
        TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<Sweeper>.Instance).SweepAsync(Stop);

    private async Task<List<StudyUid>> ClaimAllAsync(Stage stage)
    {
        var order = new List<StudyUid>();
        var claims = new List<Claim>();
        while (await fixture.Queue().ClaimAsync(stage, ManyAttempts, Stop) is { } claim)
        {
            order.Add(claim.Study);
            claims.Add(claim);
        }
        foreach (var claim in claims) await claim.DisposeAsync();
        return order;
    }
}
