using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Bus;

/// <summary>
/// Runs one stage with a number of slots. Each slot claims the most urgent row; a freed slot claims again before it waits;
/// when nothing is due it waits for the stage's signal, or looks again by itself.
/// </summary>
public sealed partial class StageLoop(
    IStageWork work, int slots, WorkQueue queue, StageSignals signals, UidHash uids, IOptions<BusOptions> options, TimeProvider clock,
    IHostApplicationLifetime host, ILogger<StageLoop> log) : BackgroundService
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
        using var cutOff = new CancellationTokenSource();
        await using var later = stop.Token.Register(() => cutOff.CancelAfter(options.Value.FinishWithin));
        using var lanes = new Lanes(slots);
        await Task.WhenAll(Enumerable.Range(0, slots).Select(_ => RunSlotAsync(lanes, stop.Token, cutOff.Token)));
    }

    [SuppressMessage("Design", "CA1031", Justification = "The outermost loop: whatever happens to one claim, the slot goes on.")]
    [SuppressMessage("Design", "CA1068", Justification = "Both are cancellation tokens.")]
    private async Task RunSlotAsync(Lanes lanes, CancellationToken stop, CancellationToken cutOff)
    {
        var troubles = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var signal = signals[work.Stage].Next; // before looking: a token that comes meanwhile is not missed
                var claim = await lanes.ClaimAsync(full => queue.ClaimAsync(work.Stage, work.Retry.MaxAttempts, full, stop), stop);
                if (claim is null) await AsyncSignal.WaitAsync(signal, options.Value.LookEvery, clock, stop);
                else await RunInLaneAsync(lanes, claim, cutOff);
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
    }

    private async Task RunInLaneAsync(Lanes lanes, Claim claim, CancellationToken cutOff)
    {
        try
        {
            await RunClaimAsync(claim, cutOff);
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
                if (await EndsWithinAsync(attempt, Longest))
                {
                    ended = await attempt;
                    await FailIfUnsettledAsync(claim);
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
            catch (OperationCanceledException) when (cutOff.IsCancellationRequested)
            {
                ended = "handed back";
                LogHandedBack(work.Stage.ToString(), claim.Work.Id); // disposing the claim does it
            }
            catch (Exception error)
            {
                fault = error;
                LogFailed(error, work.Stage.ToString(), claim.Work.Id, claim.Work.Attempt, work.Retry.MaxAttempts);
                await FailAsync(claim, $"{error.GetType().Name}: {error.Message}");
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

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan longest)
    {
        using var over = new CancellationTokenSource();
        var first = await Task.WhenAny(task, Task.Delay(longest, clock, over.Token));
        await over.CancelAsync();
        return first == task;
    }

    /// <summary>Fails the attempt at once, so that another worker may take the row; then the work has a while to heed its cancellation.</summary>
    private async Task EndOverdueAsync(Claim claim, Task attempt, CancellationTokenSource late)
    {
        LogOverdue(work.Stage.ToString(), claim.Work.Id, Longest);
        await claim.EndHeartbeatAsync(); // so that the lease runs out should the database be away now
        try
        {
            await FailAsync(claim, $"the attempt took longer than {Longest}");
        }
        catch (Exception away) when (away is NpgsqlException or OperationCanceledException)
        {
            LogUntold(work.Stage.ToString(), claim.Work.Id, away.Message);
        }

        var ending = Task.WhenAll(late.CancelAsync(), attempt);
        if (await EndsWithinAsync(ending, options.Value.EndWithin))
        {
            await ending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // whatever it came to is too late
            return;
        }

        IsStuck = true;
        LogStuck(work.Stage.ToString(), claim.Work.Id);
        host.StopApplication(); // a host that stops by itself ends with a failure, and whoever watches the process starts it again
    }

    // Work that returns without settling its claim would otherwise run for ever.
    private Task FailIfUnsettledAsync(Claim claim) => FailAsync(claim, "the work returned without settling its claim");

    private async Task FailAsync(Claim claim, string because)
    {
        using var deadline = new CancellationTokenSource(SettleWithin, clock);
        try
        {
            await claim.FailAsync(because, work.Retry, deadline.Token);
        }
        catch (LeaseLostException)
        {
            // Settled, which is the usual case; or another's, and then it is theirs to tell.
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

    [LoggerMessage(4003, LogLevel.Error, "{Stage} work {Work} failed, attempt {Attempt} of {MaxAttempts}")]
    private partial void LogFailed(Exception error, string stage, long work, int attempt, int maxAttempts);

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

    [LoggerMessage(4009, LogLevel.Warning, "{Stage} work {Work} could not be marked as failed; its lease runs out: {Reason}")]
    private partial void LogUntold(string stage, long work, string reason);
}
