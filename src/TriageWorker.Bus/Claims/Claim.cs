using Npgsql;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Bus;

/// <summary>
/// Work that this process holds while its heartbeat lives. It ends in one of four ways: a store completes
/// <see cref="Work"/> inside its transaction, or it is rescheduled, failed, or handed back. All of them check the fence.
/// </summary>
public sealed class Claim : IAsyncDisposable
{
    /// <summary>What becomes of a row that is given back untouched: due at once, and no attempt counted.</summary>
    internal const string HandedBack = "due_at = now(), attempts = greatest(attempts - 1, 0), " + Released;

    private const string Released = "state = 'due', lease_owner = null, lease_until = null, changed_at = clock_timestamp()";
    private const int LongestError = 500;
    private static readonly TimeSpan HandBackWithin = TimeSpan.FromSeconds(5);
    private readonly Database _database;
    private readonly NodeName _node;
    private readonly BreakerPolicy _breaker;
    private readonly TimeSpan _lease;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _lost = new(), _ended = new();
    private readonly Task _heartbeat;

    internal Claim(LeasedWork work, string? lane, bool isProbe, Database database, NodeName node, BusOptions options, TimeProvider clock)
    {
        (Work, Lane, IsProbe) = (work, lane, isProbe);
        (_database, _node, _clock) = (database, node, clock);
        (_breaker, _lease) = (options.Breaker, options.Lease);
        _heartbeat = BeatAsync(_ended.Token);
    }

    /// <summary>What the stores take.</summary>
    public LeasedWork Work { get; }

    public StudyUid Study => Work.Study;

    public string Key => Work.Key;

    /// <summary>What it shares a way out with; null when with nothing.</summary>
    public string? Lane { get; }

    /// <summary>The one that is sent to see whether a lane that was down answers again.</summary>
    public bool IsProbe { get; }

    /// <summary>Cancelled when the lease is lost: what goes on is for nothing.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Ends the work in the caller's transaction.</summary>
    /// <exception cref="LeaseLostException">The caller must not commit.</exception>
    public Task CompleteAsync(DatabaseTransaction transaction, CancellationToken stop) => WorkRows.CompleteAsync(transaction, Work, stop);

    /// <summary>Ends the work, of which nothing is left to do.</summary>
    /// <exception cref="LeaseLostException">Somebody else has it, or it was pushed anew.</exception>
    public async Task CompleteAsync(CancellationToken stop)
    {
        await using var transaction = await _database.BeginAsync(stop);
        await CompleteAsync(transaction, stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>There was nothing to be done yet: look again at <paramref name="due"/> (database time). Counts as no attempt.</summary>
    /// <exception cref="LeaseLostException">Somebody else has it, or it was pushed anew.</exception>
    public async Task RescheduleAsync(DateTimeOffset due, CancellationToken stop)
    {
        BusTelemetry.LeaveOut();
        await using var transaction = await _database.BeginAsync(stop);
        await RescheduleAsync(transaction, due, stop);
        await transaction.CommitAsync(stop);
    }

    /// <inheritdoc cref="RescheduleAsync(DateTimeOffset, CancellationToken)"/>
    /// <remarks>In the caller's transaction, with what it waits for.</remarks>
    public async Task RescheduleAsync(DatabaseTransaction transaction, DateTimeOffset due, CancellationToken stop)
    {
        BusTelemetry.LeaveOut();
        await ReleaseAsync(transaction, "urgency = urgency + ($3 - due_at), due_at = $3, attempts = 0, last_error = null, cause = null, cause_words = null", [due], stop);
        await BreakerRows.PassAsync(transaction, Work, stop);
    }

    /// <summary>
    /// The attempt failed: due again when the policy says, or at once for the one that settles the study, when no other may or would
    /// help. While its lane is down it waits for that instead, and the attempt does not count.
    /// </summary>
    /// <exception cref="LeaseLostException">Somebody else has it, or it was pushed anew.</exception>
    public async Task FailAsync(WorkFault fault, RetryPolicy policy, CancellationToken stop)
    {
        await using var transaction = await _database.BeginAsync(stop);
        var nextProbe = await TellLaneAsync(transaction, fault, stop);
        // Urgency moves along, keeping the credit, or rows that keep failing would stand before all that came after them. Behind an
        // open breaker it moves too, so that the next probe is another row: one that the lane chokes on does not keep it shut.
        if (nextProbe is { } probe && fault.Prospect != Prospect.ForGood)
            await ReleaseAsync(transaction, $"urgency = urgency + ($3 - due_at), due_at = $3, attempts = greatest(attempts - 1, 0), {Told(4)}",
                [probe, .. TextOf(fault)], stop);
        else
            await ReleaseAsync(transaction, $"urgency = urgency + (now() + $3 - due_at), due_at = now() + $3, hopeless = $4, {Told(5)}",
                [policy.WaitAfter(Work.Attempt, fault), policy.EndsWith(fault, Work.Attempt), .. TextOf(fault)], stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>Gives the work back untouched, due at once. Counts as no attempt.</summary>
    /// <returns>False when this claim holds nothing any more.</returns>
    public async Task<bool> HandBackAsync(CancellationToken stop)
    {
        await using var transaction = await _database.BeginAsync(stop);
        if (!await TryReleaseAsync(transaction, HandedBack, [], stop)) return false;
        await BreakerRows.PassAsync(transaction, Work, stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    /// <summary>Lets the lease run out, for work that is no longer waited for.</summary>
    internal async Task EndHeartbeatAsync()
    {
        await _ended.CancelAsync();
        await _heartbeat;
    }

    /// <summary>Ends the heartbeat, and hands back what was not settled. If the database is away, the lease runs out by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndHeartbeatAsync();
        using var deadline = new CancellationTokenSource(HandBackWithin, _clock);
        try
        {
            await HandBackAsync(deadline.Token);
        }
        catch (Exception error) when (error is NpgsqlException or OperationCanceledException or ObjectDisposedException)
        {
            // The sweeper makes it due when the lease has run out.
        }
        _lost.Dispose();
        _ended.Dispose();
    }

    /// <returns>When the lane is tried next, where it is down.</returns>
    private async Task<DateTimeOffset?> TellLaneAsync(DatabaseTransaction transaction, WorkFault fault, CancellationToken stop)
    {
        if (Lane is null) return null;
        if (fault.Lane == LaneNews.Down) return await BreakerRows.DownAsync(transaction, _node, Lane, Work, fault, _breaker, stop);
        if (fault.Lane == LaneNews.Answers) await BreakerRows.AnswersAsync(transaction, _node, Lane, Work, $"{Lane} answers again.", stop);
        else await BreakerRows.PassAsync(transaction, Work, stop);
        return null;
    }

    private async Task ReleaseAsync(DatabaseTransaction transaction, string change, object?[] values, CancellationToken stop)
    {
        if (!await TryReleaseAsync(transaction, $"{change}, {Released}", values, stop)) throw new LeaseLostException(Work);
    }

    private async Task<bool> TryReleaseAsync(DatabaseTransaction transaction, string change, object?[] values, CancellationToken stop) =>
        await transaction.Connection.ExecuteAsync(
            $"""
             update work set {change} where id = $1 and fence = $2 and state = 'leased'
             """,
            [Work.Id, Work.Fence, .. values], stop) == 1;

    private static string Told(int first) => $"last_error = ${first}, cause = ${first + 1}, cause_words = ${first + 2}";

    private object[] TextOf(WorkFault fault) => [Shorten(Lane is null ? fault.Because : $"{Lane}: {fault.Because}"), fault.Cause, Shorten(fault.Words)];

    // A third of the lease, so that one beat may be missed. A beat that finds another fence ends the work.
    private async Task BeatAsync(CancellationToken ended)
    {
        using var timer = new PeriodicTimer(_lease / 3, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
                if (!await BeatOnceAsync(ended))
                {
                    await _lost.CancelAsync();
                    return;
                }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <returns>False when somebody else has the row, or it was pushed anew.</returns>
    private async Task<bool> BeatOnceAsync(CancellationToken ended)
    {
        // A beat that waits for a connection that is dead must not keep the next from trying another one.
        using var deadline = new CancellationTokenSource(_lease / 3, _clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ended, deadline.Token);
        try
        {
            await using var connection = await _database.OpenAsync(stop.Token);
            return await connection.ExecuteAsync("update work set lease_until = now() + $3 where id = $1 and fence = $2 and state = 'leased'",
                [Work.Id, Work.Fence, _lease], stop.Token) == 1 || await IsSettledAsync(connection, stop.Token);
        }
        catch (Exception away) when (away is NpgsqlException or ObjectDisposedException || (away is OperationCanceledException && !ended.IsCancellationRequested))
        {
            return true; // not known: the fence decides at the commit
        }
    }

    // The beat waits for the transaction that completes this very claim; that is no loss, and what follows the commit goes on.
    private async Task<bool> IsSettledAsync(NpgsqlConnection connection, CancellationToken stop) =>
        await connection.FirstAsync("select true from work where id = $1 and fence = $2 and state in ('done', 'dead')", [Work.Id, Work.Fence], row => row.GetBoolean(0), stop);

    private static string Shorten(string error) => error.Length <= LongestError ? error : error[..LongestError];
}
