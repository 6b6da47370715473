using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Bus.Tests;

public sealed class StageLoopTests(BusFixture fixture) : IClassFixture<BusFixture>, IAsyncLifetime
{
    private static readonly RetryPolicy Quick = new(2, TimeSpan.Zero, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), Never = TimeSpan.FromHours(1);
    private readonly StageSignals _signals = new();
    private readonly ApplicationLifetime _host = new(NullLogger<ApplicationLifetime>.Instance);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await fixture.ClearAsync();

    public ValueTask DisposeAsync()
    {
        _signals.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_slot_that_waits_is_woken_by_the_signal_and_claims_again_before_it_waits()
    {
        var done = new TaskCompletionSource();
        var rest = 3;
        var work = new ScriptedWork(Stage.Scoring, Quick, async (claim, stop) =>
        {
            await CompleteAsync(claim, stop);
            if (Interlocked.Decrement(ref rest) == 0) done.SetResult();
        });
        using var loop = Loop(work, slots: 1, lookEvery: Never);
        await loop.StartAsync(Stop);

        var studies = new List<StudyUid>();
        for (var i = 0; i < 3; i++) studies.Add(await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero));
        _signals[Stage.Scoring].Wake();

        await done.Task.WaitAsync(Patience, Stop);
        foreach (var study in studies) (await fixture.StateAsync(study, Stage.Scoring)).State.ShouldBe("done");
        await loop.StopAsync(Stop);
    }

    [Fact]
    public async Task Work_that_yields_is_begun_only_when_every_slot_is_free_and_leaves_the_others_to_urgent_work()
    {
        var (hold, over) = (new TaskCompletionSource(), new TaskCompletionSource());
        var done = System.Threading.Channels.Channel.CreateUnbounded<StudyUid>();
        StudyUid held = default, yields = default;
        var work = new ScriptedWork(Stage.Scoring, Quick, async (claim, stop) =>
        {
            if (claim.Study == held) await hold.Task.WaitAsync(stop);
            if (claim.Study == yields) await over.Task.WaitAsync(stop);
            await CompleteAsync(claim, stop);
            await done.Writer.WriteAsync(claim.Study, stop);
        });
        held = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        using var loop = Loop(work, slots: 2, lookEvery: TimeSpan.FromMilliseconds(20));
        await loop.StartAsync(Stop);
        (await StartedAsync()).ShouldBe(held);

        yields = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero, -TimeSpan.FromHours(1));
        for (var i = 0; i < 3; i++)
        {
            var urgent = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
            (await StartedAsync()).ShouldBe(urgent);
            (await done.Reader.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop)).ShouldBe(urgent);
        }

        hold.SetResult();
        (await StartedAsync()).ShouldBe(yields);
        var beside = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        (await StartedAsync()).ShouldBe(beside);
        over.SetResult();
        await loop.StopAsync(Stop);

        async Task<StudyUid> StartedAsync() => await work.Started.Reader.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop);
    }

    [Fact]
    public async Task Without_any_signal_the_loop_finds_the_work_by_looking()
    {
        var done = new TaskCompletionSource();
        var work = new ScriptedWork(Stage.Scoring, Quick, async (claim, stop) =>
        {
            await CompleteAsync(claim, stop);
            done.SetResult();
        });
        using var loop = Loop(work, slots: 1, lookEvery: TimeSpan.FromMilliseconds(20));
        await loop.StartAsync(Stop);

        await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);

        await done.Task.WaitAsync(Patience, Stop);
        await loop.StopAsync(Stop);
    }

    [Fact]
    public async Task Work_that_fails_every_attempt_is_settled_with_its_last_error_and_ends_dead()
    {
        var told = new TaskCompletionSource<string>();
        var work = new ScriptedWork(Stage.Scoring, Quick, (_, _) => throw new IOException("slice 7 cannot be read"), async (claim, because, stop) =>
        {
            await CompleteAsync(claim, stop);
            told.SetResult(because);
        });
        var study = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        using var loop = Loop(work, slots: 2, lookEvery: TimeSpan.FromMilliseconds(20));
        await loop.StartAsync(Stop);

        (await told.Task.WaitAsync(Patience, Stop)).ShouldBe("IOException: slice 7 cannot be read");
        (await fixture.StateAsync(study, Stage.Scoring)).State.ShouldBe("dead");
        work.Started.Reader.Count.ShouldBe(2);
        await loop.StopAsync(Stop);
    }

    [Fact]
    public async Task What_no_other_attempt_would_change_is_given_up_at_once_and_ends_dead_with_its_cause()
    {
        var told = new TaskCompletionSource<string>();
        var work = new ScriptedWork(Stage.Scoring, Quick with { MaxAttempts = 50 }, (_, _) => throw new InvalidDataException("slice 7 is cut"), async (claim, because, stop) =>
        {
            await CompleteAsync(claim, stop);
            told.SetResult(because);
        });
        var study = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        using var loop = Loop(work, slots: 2, lookEvery: TimeSpan.FromMilliseconds(20));
        await loop.StartAsync(Stop);

        (await told.Task.WaitAsync(Patience, Stop)).ShouldBe("InvalidDataException: slice 7 is cut");
        work.Started.Reader.Count.ShouldBe(1);
        (await fixture.ReadAsync("select cause, words, ends from dead_letter where study_uid = $1", row => (row.GetString(0), row.GetString(1), row.GetInt32(2)), study.Value))
            .ShouldBe(("scoring/invalid-data-exception", "the data or the program is at fault (InvalidDataException)", 1));
        await loop.StopAsync(Stop);
    }

    [Fact]
    public async Task What_fails_because_it_is_cancelled_at_shutdown_is_handed_back_whatever_it_throws()
    {
        var work = new ScriptedWork(Stage.Scoring, Quick, async (_, stop) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            }
            catch (OperationCanceledException)
            {
                throw new NotSupportedException("a library that knows no cancellation");
            }
        });
        var study = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        using var loop = Loop(work, slots: 1, lookEvery: Never, finishWithin: TimeSpan.Zero);
        await loop.StartAsync(Stop);
        await work.Started.Reader.ReadAsync(Stop);

        await loop.StopAsync(Stop);

        (await fixture.StateAsync(study, Stage.Scoring)).ShouldBe(("due", 0));
    }

    [Fact]
    public async Task A_process_that_dies_over_a_study_again_and_again_ends_with_that_study_settled()
    {
        var study = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        for (var death = 0; death < Quick.MaxAttempts; death++)
        {
            var claim = (await fixture.Queue($"process {death}").ClaimAsync(Stage.Scoring, Quick.MaxAttempts, Stop))!;
            claim.Work.Exhausted.ShouldBeFalse();
            await fixture.ExpireAsync(claim); // it dies here: nobody beats, completes or disposes
            await new Sweeper(fixture.Database, new OutboxSignal(), Options(Never), TimeProvider.System, NullLogger<Sweeper>.Instance).SweepAsync(Stop);
            await claim.DisposeAsync();
        }
        var told = new TaskCompletionSource<string>();
        var work = new ScriptedWork(Stage.Scoring, Quick, (_, _) => throw new InvalidOperationException("never run again"), async (claim, because, stop) =>
        {
            await CompleteAsync(claim, stop);
            told.SetResult(because);
        });
        using var loop = Loop(work, slots: 1, lookEvery: Never);
        await loop.StartAsync(Stop);

        (await told.Task.WaitAsync(Patience, Stop)).ShouldContain("ended or fell silent");
        (await fixture.StateAsync(study, Stage.Scoring)).State.ShouldBe("dead");
        await loop.StopAsync(Stop);
    }

    [Fact]
    public async Task Work_that_returns_without_settling_its_claim_counts_as_failed()
    {
        var told = new TaskCompletionSource<string>();
        var work = new ScriptedWork(Stage.Scoring, Quick, (_, _) => Task.CompletedTask, async (claim, because, stop) =>
        {
            await CompleteAsync(claim, stop);
            told.SetResult(because);
        });
        await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        using var loop = Loop(work, slots: 1, lookEvery: TimeSpan.FromMilliseconds(20));
        await loop.StartAsync(Stop);

        (await told.Task.WaitAsync(Patience, Stop)).ShouldContain("without settling");
        await loop.StopAsync(Stop);
    }

    [Fact]
    public async Task At_shutdown_running_work_is_finished_within_its_time_and_nothing_new_is_claimed()
    {
        var release = new TaskCompletionSource();
        var work = new ScriptedWork(Stage.Scoring, Quick, async (claim, stop) =>
        {
            await release.Task.WaitAsync(stop);
            await CompleteAsync(claim, stop);
        });
        var running = await fixture.PushAsync(Stage.Scoring, TimeSpan.FromHours(1));
        var waiting = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        using var loop = Loop(work, slots: 1, lookEvery: Never, finishWithin: Patience);
        await loop.StartAsync(Stop);
        (await work.Started.Reader.ReadAsync(Stop)).ShouldBe(running);

        var stopping = loop.StopAsync(Stop);
        release.SetResult();
        await stopping;

        (await fixture.StateAsync(running, Stage.Scoring)).State.ShouldBe("done");
        (await fixture.StateAsync(waiting, Stage.Scoring)).ShouldBe(("due", 0));
    }

    [Fact]
    public async Task At_shutdown_work_that_takes_too_long_is_cancelled_and_handed_back_without_costing_an_attempt()
    {
        var work = new ScriptedWork(Stage.Scoring, Quick, (_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, stop));
        var study = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        using var loop = Loop(work, slots: 1, lookEvery: Never, finishWithin: TimeSpan.Zero);
        await loop.StartAsync(Stop);
        await work.Started.Reader.ReadAsync(Stop);

        await loop.StopAsync(Stop);

        (await fixture.StateAsync(study, Stage.Scoring)).ShouldBe(("due", 0));
    }

    [Fact]
    public async Task Work_whose_lease_is_lost_is_cancelled_and_leaves_the_row_to_its_new_holder()
    {
        var cancelled = new TaskCompletionSource();
        var work = new ScriptedWork(Stage.Scoring, Quick, async (claim, stop) =>
        {
            await fixture.ExecuteAsync("update work set fence = fence + 1, lease_owner = 'another', lease_until = now() + interval '1 hour' where id = $1", claim.Work.Id);
            await using var told = stop.Register(cancelled.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        });
        var study = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        using var loop = Loop(work, slots: 1, lookEvery: Never, lease: TimeSpan.FromMilliseconds(300));
        await loop.StartAsync(Stop);

        await cancelled.Task.WaitAsync(Patience, Stop);
        await loop.StopAsync(Stop);

        (await fixture.StateAsync(study, Stage.Scoring)).ShouldBe(("leased", 1));
    }

    [Fact]
    public async Task However_many_destinations_never_answer_each_has_its_own_slots_and_takes_none_from_the_others()
    {
        using var blackHole = new TcpListener(IPAddress.Loopback, 0);
        blackHole.Start(); // whoever connects is accepted, and never hears a word
        var (rest, delivered) = (3, new TaskCompletionSource());
        var work = new ScriptedWork(Stage.Delivery, Quick, async (claim, stop) =>
        {
            if (claim.Lane != "bright")
            {
                using var peer = new TcpClient();
                await peer.ConnectAsync((IPEndPoint)blackHole.LocalEndpoint, stop);
                await peer.GetStream().ReadExactlyAsync(new byte[1], stop);
            }

            await CompleteAsync(claim, stop);
            if (Interlocked.Decrement(ref rest) == 0) delivered.SetResult();
        });
        foreach (var lane in (string[])["dark", "darker", "darkest"])
            for (var i = 0; i < 4; i++) await fixture.PushAsync(Stage.Delivery, TimeSpan.FromHours(1), lane: lane);
        var healthy = new List<StudyUid>();
        for (var i = 0; i < rest; i++) healthy.Add(await fixture.PushAsync(Stage.Delivery, TimeSpan.Zero, lane: "bright"));
        using var loop = Loop(work, slots: 2, lookEvery: TimeSpan.FromMilliseconds(20), finishWithin: TimeSpan.Zero, longest: Never);
        await loop.StartAsync(Stop);

        await delivered.Task.WaitAsync(Patience, Stop);
        foreach (var study in healthy) (await fixture.StateAsync(study, Stage.Delivery)).State.ShouldBe("done");
        (await fixture.ReadAsync("select max(n) from (select count(*) n from work where state = 'leased' group by lane) of", row => row.GetInt64(0))).ShouldBe(2, "and no destination has more than its own");
        await loop.StopAsync(Stop);
    }

    [Fact]
    public async Task A_lane_whose_attempts_take_too_long_is_down_after_a_few_of_them_for_another_process_too()
    {
        var policy = Quick with { MaxAttempts = 500 };
        var work = new ScriptedWork(Stage.Delivery, policy, (_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, stop));
        for (var i = 0; i < 12; i++) await fixture.PushAsync(Stage.Delivery, TimeSpan.FromHours(1), lane: "dark");
        using var loop = Loop(work, slots: 2, lookEvery: TimeSpan.FromMilliseconds(20), longest: TimeSpan.FromMilliseconds(50));
        await loop.StartAsync(Stop);

        for (var attempt = 0; attempt < fixture.Options.Breaker.OpensAfter; attempt++) await work.Started.Reader.ReadAsync(Stop);
        await loop.StopAsync(Stop); // whatever has begun ends late

        (await fixture.Queue("another process").ClaimAsync(Stage.Delivery, 500, Stop)).ShouldBeNull();
        (await fixture.Get<AlarmStore>().OpenAsync(Stop)).ShouldHaveSingleItem().Alarm.Sentence.ShouldContain("the attempt took longer than");
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_has_failed_and_the_loop_goes_on()
    {
        var told = new TaskCompletionSource<string>();
        var work = new ScriptedWork(Stage.Scoring, Quick, (_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, stop), async (claim, because, stop) =>
        {
            await CompleteAsync(claim, stop);
            told.SetResult(because);
        });
        var study = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        using var loop = Loop(work, slots: 1, lookEvery: TimeSpan.FromMilliseconds(20), longest: TimeSpan.FromMilliseconds(500));
        await loop.StartAsync(Stop);

        (await told.Task.WaitAsync(Patience, Stop)).ShouldBe("the attempt took longer than 00:00:00.5000000");
        await loop.StopAsync(Stop);
        (await fixture.StateAsync(study, Stage.Scoring)).State.ShouldBe("dead");
        _host.ApplicationStopping.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task Work_that_hangs_and_heeds_nothing_loses_its_row_to_others_and_ends_the_process()
    {
        using var hung = new ManualResetEventSlim();
        var work = new ScriptedWork(Stage.Scoring, Quick, (_, _) =>
        {
            hung.Wait(CancellationToken.None); // as a call into a driver does
            return Task.CompletedTask;
        });
        var study = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        using var loop = Loop(work, slots: 1, lookEvery: Never, longest: TimeSpan.FromMilliseconds(100), endWithin: TimeSpan.FromMilliseconds(100));
        var stopping = new TaskCompletionSource();
        await using var told = _host.ApplicationStopping.Register(stopping.SetResult);
        await loop.StartAsync(Stop);

        await stopping.Task.WaitAsync(Patience, Stop);
        loop.IsStuck.ShouldBeTrue();
        await loop.StopAsync(Stop);

        (await fixture.StateAsync(study, Stage.Scoring)).ShouldBe(("due", 1));
        (await fixture.Get<AlarmStore>().OpenAsync(Stop)).ShouldContain(row => row.Alarm.Kind == StuckWork.Kind && row.Alarm.Severity == AlarmSeverity.Critical);
        hung.Set();
    }

    [Fact]
    public async Task At_shutdown_work_that_heeds_nothing_is_handed_back_all_the_same()
    {
        using var hung = new ManualResetEventSlim();
        var work = new ScriptedWork(Stage.Scoring, Quick, (_, _) =>
        {
            hung.Wait(CancellationToken.None); // as a call into a driver does
            return Task.CompletedTask;
        });
        var study = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        using var loop = Loop(work, slots: 1, lookEvery: Never, finishWithin: TimeSpan.Zero, longest: Never);
        await loop.StartAsync(Stop);
        await work.Started.Reader.ReadAsync(Stop);

        await loop.StopAsync(Stop).WaitAsync(Patience, Stop);

        (await fixture.StateAsync(study, Stage.Scoring)).ShouldBe(("due", 0));
        hung.Set();
    }

    [Fact]
    public async Task At_its_end_the_loop_hands_back_what_it_could_not_while_the_database_was_away()
    {
        var (ours, theirs) = (await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero), await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero));
        foreach (var (study, owner) in ((StudyUid, string)[])[(ours, "here"), (theirs, "there")])
            await fixture.ExecuteAsync(
                "update work set state = 'leased', fence = fence + 1, attempts = 1, lease_owner = $2, lease_until = now() + interval '10 minutes' where study_uid = $1", study.Value, owner);
        var work = new ScriptedWork(Stage.Scoring, Quick, CompleteAsync);
        await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        using var loop = Loop(work, slots: 1, lookEvery: Never);
        await loop.StartAsync(Stop);
        await work.Started.Reader.ReadAsync(Stop);

        await loop.StopAsync(Stop);

        (await fixture.StateAsync(ours, Stage.Scoring)).ShouldBe(("due", 0));
        (await fixture.StateAsync(theirs, Stage.Scoring)).ShouldBe(("leased", 1));
    }

    [Fact]
    public async Task Whoever_does_not_want_to_wait_has_running_work_handed_back_at_once()
    {
        var work = new ScriptedWork(Stage.Scoring, Quick, (_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, stop));
        var study = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        using var loop = Loop(work, slots: 1, lookEvery: Never, finishWithin: Never, longest: Never);
        await loop.StartAsync(Stop);
        await work.Started.Reader.ReadAsync(Stop);

        var stopping = loop.StopAsync(Stop);
        _signals.HandBack();
        await stopping.WaitAsync(Patience, Stop);

        (await fixture.StateAsync(study, Stage.Scoring)).ShouldBe(("due", 0));
    }

    [Fact]
    public async Task An_attempt_continues_the_trace_of_who_pushed_it_and_tells_of_a_fault_only_its_kind()
    {
        const string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        var told = new TaskCompletionSource();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener { ShouldListenTo = source => source == BusTelemetry.Activities, Sample = All, ActivityStopped = spans.Enqueue };
        ActivitySource.AddActivityListener(listener);
        var work = new ScriptedWork(Stage.Scoring, Quick with { MaxAttempts = 1 }, (_, _) => throw new InvalidDataException("slice 7 of 1.2.3 is cut"), async (claim, _, stop) =>
        {
            await CompleteAsync(claim, stop);
            told.SetResult();
        });
        await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
        await fixture.ExecuteAsync("update work set traceparent = $1", trace);
        using var loop = Loop(work, slots: 1, lookEvery: TimeSpan.FromMilliseconds(20));
        await loop.StartAsync(Stop);
        await told.Task.WaitAsync(Patience, Stop);
        await loop.StopAsync(Stop);

        var ours = spans.Where(span => span.ParentId == trace).ToList();
        ours.Select(span => span.GetTagItem("triage.work.ended")).ShouldBe(["failed", "given up"]);
        ours[0].StatusDescription.ShouldBe(nameof(InvalidDataException));
        ours.SelectMany(span => span.TagObjects).ShouldAllBe(tag => !$"{tag.Value}".Contains("1.2.3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_attempt_that_finds_nothing_to_do_yet_is_no_part_of_the_trace()
    {
        const string trace = "00-4bf92f3577b34da6a3ce929d0e0e4737-00f067aa0ba902b7-01";
        var looked = new TaskCompletionSource<Activity>();
        using var listener = new ActivityListener { ShouldListenTo = source => source == BusTelemetry.Activities, Sample = All, ActivityStopped = span => { if (span.ParentId == trace) looked.TrySetResult(span); } };
        ActivitySource.AddActivityListener(listener);
        var work = new ScriptedWork(Stage.Closing, Quick, (claim, stop) => claim.RescheduleAsync(DateTimeOffset.MaxValue.AddYears(-1), stop));
        await fixture.PushAsync(Stage.Closing, TimeSpan.Zero);
        await fixture.ExecuteAsync("update work set traceparent = $1", trace);
        using var loop = Loop(work, slots: 1, lookEvery: TimeSpan.FromMilliseconds(20));
        await loop.StartAsync(Stop);

        (await looked.Task.WaitAsync(Patience, Stop)).Recorded.ShouldBeFalse();
        await loop.StopAsync(Stop);
    }

    private async Task CompleteAsync(Claim claim, CancellationToken stop)
    {
        await using var transaction = await fixture.Database.BeginAsync(stop);
        await claim.CompleteAsync(transaction, stop);
        await transaction.CommitAsync(stop);
    }

    private static ActivitySamplingResult All(ref ActivityCreationOptions<ActivityContext> options) => ActivitySamplingResult.AllDataAndRecorded;

    private StageLoop Loop(ScriptedWork work, int slots, TimeSpan lookEvery, TimeSpan? finishWithin = null, TimeSpan? lease = null, TimeSpan? longest = null, TimeSpan? endWithin = null) =>
        new(work, slots, fixture.Queue(lease: lease), _signals, new UidHash(), Options(lookEvery, finishWithin, longest, endWithin), TimeProvider.System,
            _host, new StuckWork(fixture.Get<AlarmStore>(), [new ServedStage(work.Stage, slots)], TimeProvider.System, NullLogger<StuckWork>.Instance), NullLogger<StageLoop>.Instance);

    private Microsoft.Extensions.Options.IOptions<BusOptions> Options(
        TimeSpan lookEvery, TimeSpan? finishWithin = null, TimeSpan? longest = null, TimeSpan? endWithin = null) =>
        Microsoft.Extensions.Options.Options.Create(fixture.Options with
        {
            LookEvery = lookEvery, FinishWithin = finishWithin ?? Patience, EndWithin = endWithin ?? Patience,
            LongestAttempt = new() { Scoring = longest ?? Patience, Delivery = longest ?? Patience },
        });
}
