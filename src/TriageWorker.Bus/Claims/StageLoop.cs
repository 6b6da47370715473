using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Bus;

/// <summary>
/// Runs one stage with a number of slots, for each lane of it. One claimant takes the most urgent row of the lanes that have a slot
/// free; a freed slot makes it look at once; when nothing is due it waits for the stage's signal, or looks again by itself.
/// </summary>
public sealed partial class StageLoop(
    IStageWork work, int slots, WorkQueue queue, StageSignals signals, UidHash uids, IOptions<BusOptions> options, TimeProvider clock,
    IHostApplicationLifetime host, StuckWork stuck, ILogger<StageLoop> log) : BackgroundService
{
    private static readonly TimeSpan SettleWithin = TimeSpan.FromSeconds(5);
    private static readonly RetryPolicy AfterTrouble = new(int.MaxValue, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5));

    /// <summary>A slot is held by work that does not heed its cancellation; the process is about to end.</summary>
    public bool IsStuck { get; private set; }

    public Stage Stage => work.Stage;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Shutdown first ends the claiming, of all stages at once though they are stopped one after the other; then it gives
        // running work its time, then cancels it.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, host.ApplicationStopping);
        using var cutOff = CancellationTokenSource.CreateLinkedTokenSource(signals.HandBackNow);
        await using var later = stop.Token.Register(() => cutOff.CancelAfter(options.Value.FinishWithin));
        LogPolicy(work.Stage.ToString(), work.Retry);
        await ClaimAsync(new Lanes(slots), stop.Token, cutOff.Token);
    }

    [SuppressMessage("Design", "CA1031", Justification = "The outermost loop: whatever happens to one claim, it goes on.")]
    [SuppressMessage("Design", "CA1068", Justification = "Both are cancellation tokens.")]
    private async Task ClaimAsync(Lanes lanes, CancellationToken stop, CancellationToken cutOff)
    {
        var running = new List<Task>();
        var troubles = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var (signal, freed) = (signals[work.Stage].Next, lanes.NextFreed); // before looking: what comes meanwhile is not missed
                running.RemoveAll(run => run.IsCompleted);
                if (await queue.ClaimAsync(work.Stage, work.Retry.MaxAttempts, lanes.Full, lanes.AreEmpty, stop) is { } claim)
                {
                    lanes.Enter(claim);
                    running.Add(RunInLaneAsync(lanes, claim, cutOff));
                }
                else
                {
                    await AsyncSignal.WaitAsync(Task.WhenAny(signal, freed), options.Value.LookEvery, clock, stop);
                }

                if (troubles > 0) LogRecovered(work.Stage.ToString());
                troubles = 0;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
            }
            catch (Exception error)
            {
                if (++troubles == 1) LogTrouble(error, work.Stage.ToString());
                await WaitQuietlyAsync(AfterTrouble.DelayAfter(troubles), stop);
            }
        }

        await Task.WhenAll(running);
        await HandBackTheRestAsync();
    }

    // Each claim gives itself back; one whose database was away at that moment could not.
    private async Task HandBackTheRestAsync()
    {
        using var deadline = new CancellationTokenSource(SettleWithin, clock);
        try
        {
            await queue.HandBackAsync(work.Stage, deadline.Token);
        }
        catch (Exception away) when (away is NpgsqlException or OperationCanceledException or ObjectDisposedException)
        {
            // Still away: what is left runs out by itself.
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "What could not be told of a claim costs its lease, never the loop.")]
    private async Task RunInLaneAsync(Lanes lanes, Claim claim, CancellationToken cutOff)
    {
        try
        {
            await RunClaimAsync(claim, cutOff);
        }
        catch (Exception error)
        {
            LogUntold(work.Stage.ToString(), claim.Work.Id, error.Message);
        }
        finally
        {
            lanes.Leave(claim);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Our own fault fails this attempt, never the loop.")]
    private async Task RunClaimAsync(Claim claim, CancellationToken cutOff)
    {
        await using (claim)
        {
            using var activity = BusTelemetry.Attempt(claim.Work, uids);
            var began = clock.GetTimestamp();
            var ended = "failed";
            Exception? fault = null;
            using var late = new CancellationTokenSource();
            using var any = CancellationTokenSource.CreateLinkedTokenSource(claim.Lost, cutOff, late.Token);
            try
            {
                // Not on the slot's own thread: a call that blocks must not keep the slot from seeing that it does.
                var attempt = Task.Run(() => AttemptAsync(claim, any.Token), CancellationToken.None);
                if (await EndsInTimeAsync(attempt, cutOff))
                {
                    ended = await attempt;
                    await FailIfUnsettledAsync(claim);
                }
                else if (cutOff.IsCancellationRequested)
                {
                    ended = "handed back";
                    LogDeaf(work.Stage.ToString(), claim.Work.Id); // disposing the claim hands it back; the process is about to end
                }
                else
                {
                    ended = "overdue";
                    await EndOverdueAsync(claim, attempt, late);
                }
            }
            catch (LeaseLostException)
            {
                ended = "lost";
                LogLost(work.Stage.ToString(), claim.Work.Id);
            }
            catch (OperationCanceledException) when (claim.Lost.IsCancellationRequested)
            {
                ended = "lost";
                LogLost(work.Stage.ToString(), claim.Work.Id);
            }
            catch (Exception) when (cutOff.IsCancellationRequested)
            {
                // Not every library says so when it is cancelled; what failed while it was is no fault of the study's.
                ended = "handed back";
                LogHandedBack(work.Stage.ToString(), claim.Work.Id); // disposing the claim does it
            }
            catch (Exception error)
            {
                fault = error;
                var judged = work.Retry.Judge(error);
                LogFailed(error, work.Stage.ToString(), claim.Work.Id, claim.Work.Attempt, work.Retry.MaxAttempts, Then(claim, judged));
                await FailAsync(claim, judged);
            }
            finally
            {
                activity.Ended(ended, fault);
                BusTelemetry.Attempted(work.Stage, ended, clock.GetElapsedTime(began));
            }
        }
    }

    private TimeSpan Longest => options.Value.LongestAttempt.Of(work.Stage);

    private async Task<string> AttemptAsync(Claim claim, CancellationToken stop)
    {
        if (!claim.Work.Exhausted)
        {
            await work.RunAsync(claim, stop);
            return "done";
        }

        LogGivingUp(work.Stage.ToString(), claim.Work.Id, claim.Work.Attempt - 1, claim.Work.LastError);
        await work.GiveUpAsync(claim, claim.Work.LastError ?? "the process ended while it worked on it", stop);
        return "given up";
    }

    private async Task<bool> EndsInTimeAsync(Task attempt, CancellationToken cutOff) =>
        await EndsWithinAsync(attempt, Longest, cutOff)
        // Cancelled by the shutdown, it has a moment to heed that.
        || (cutOff.IsCancellationRequested && await EndsWithinAsync(attempt, SettleWithin, CancellationToken.None));

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan longest, CancellationToken sooner)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(sooner);
        var first = await Task.WhenAny(task, Task.Delay(longest, clock, over.Token));
        await over.CancelAsync();
        return first == task;
    }

    /// <summary>Fails the attempt at once, so that another worker may take the row; then the work has a while to heed its cancellation.</summary>
    private async Task EndOverdueAsync(Claim claim, Task attempt, CancellationTokenSource late)
    {
        LogOverdue(work.Stage.ToString(), claim.Work.Id, Longest);
        await claim.EndHeartbeatAsync(); // so that the lease runs out should the database be away now
        await FailAsync(claim, new(Prospect.Passing, $"the attempt took longer than {Longest}", "overdue", "the attempts took too long") { Lane = LaneNews.Down });

        var ending = Task.WhenAll(late.CancelAsync(), attempt);
        if (await EndsWithinAsync(ending, options.Value.EndWithin, CancellationToken.None))
        {
            await ending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // whatever it came to is too late
            return;
        }

        IsStuck = true;
        LogStuck(work.Stage.ToString(), claim.Work.Id);
        await stuck.TellAsync(work.Stage);
        host.StopApplication(); // a host that stops by itself ends with a failure, and whoever watches the process starts it again
    }

    // Work that returns without settling its claim would otherwise run for ever.
    private Task FailIfUnsettledAsync(Claim claim) =>
        FailAsync(claim, new(Prospect.Unclear, "the work returned without settling its claim", "unsettled", "the work returned without settling its claim"));

    private string Then(Claim claim, WorkFault fault) => (fault.Prospect, work.Retry.EndsWith(fault, claim.Work.Attempt)) switch
    {
        (Prospect.ForGood, _) => "no other attempt would help",
        (_, true) => "it is given up",
        (Prospect.NeedsSomebody, _) => "somebody has to mend it; it is tried again all the same",
        _ => "it is tried again",
    };

    private async Task FailAsync(Claim claim, WorkFault fault)
    {
        using var deadline = new CancellationTokenSource(SettleWithin, clock);
        try
        {
            await claim.FailAsync(fault, work.Retry, deadline.Token);
        }
        catch (LeaseLostException)
        {
            // Settled, which is the usual case; or another's, and then it is theirs to tell.
        }
        catch (Exception away) when (away is NpgsqlException or OperationCanceledException)
        {
            LogUntold(work.Stage.ToString(), claim.Work.Id, away.Message); // work that was settled stays so; else its lease runs out
        }
    }

    private async Task WaitQuietlyAsync(TimeSpan delay, CancellationToken stop)
    {
        try
        {
            await Task.Delay(delay, clock, stop);
        }
        catch (OperationCanceledException)
        {
        }
    }

    [LoggerMessage(4001, LogLevel.Error, "{Stage} cannot claim work; it keeps trying")]
    private partial void LogTrouble(Exception error, string stage);

    [LoggerMessage(4002, LogLevel.Information, "{Stage} claims work again")]
    private partial void LogRecovered(string stage);

    [LoggerMessage(4003, LogLevel.Error, "{Stage} work {Work} failed, attempt {Attempt} of {MaxAttempts}; {Then}")]
    private partial void LogFailed(Exception error, string stage, long work, int attempt, int maxAttempts, string then);

    [LoggerMessage(4004, LogLevel.Error, "{Stage} work {Work} is given up after {Attempts} attempts: {LastError}")]
    private partial void LogGivingUp(string stage, long work, int attempts, string? lastError);

    [LoggerMessage(4005, LogLevel.Information, "{Stage} work {Work} was pushed again or taken by another while it ran; its outcome was dropped")]
    private partial void LogLost(string stage, long work);

    [LoggerMessage(4006, LogLevel.Information, "{Stage} work {Work} is handed back at shutdown")]
    private partial void LogHandedBack(string stage, long work);

    [LoggerMessage(4007, LogLevel.Error, "{Stage} work {Work} has taken longer than {Longest}; the attempt has failed")]
    private partial void LogOverdue(string stage, long work, TimeSpan longest);

    [LoggerMessage(4008, LogLevel.Critical, "{Stage} work {Work} does not heed its cancellation and holds its slot for ever; the process ends so that it can be started again")]
    private partial void LogStuck(string stage, long work);

    [LoggerMessage(4009, LogLevel.Warning, "{Stage} work {Work} could not be marked as failed; unless it was settled its lease runs out: {Reason}")]
    private partial void LogUntold(string stage, long work, string reason);

    [LoggerMessage(4014, LogLevel.Information, "{Stage} work: {Policy}")]
    private partial void LogPolicy(string stage, RetryPolicy policy);

    [LoggerMessage(4012, LogLevel.Warning, "{Stage} work {Work} does not heed its cancellation; it is handed back at shutdown all the same, and whatever it comes to is dropped")]
    private partial void LogDeaf(string stage, long work);
}
