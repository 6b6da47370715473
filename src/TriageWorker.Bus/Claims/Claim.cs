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
    private const int LongestError = 500;
    private static readonly TimeSpan HandBackWithin = TimeSpan.FromSeconds(5);
    private readonly Database _database;
    private readonly TimeSpan _lease;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _lost = new(), _ended = new();
    private readonly Task _heartbeat;

    internal Claim(LeasedWork work, string? lane, Database database, TimeSpan lease, TimeProvider clock)
    {
        (Work, Lane) = (work, lane);
        _database = database;
        _lease = lease;
        _clock = clock;
        _heartbeat = BeatAsync(_ended.Token);
    }

    /// <summary>What the stores take.</summary>
    public LeasedWork Work { get; }

    public StudyUid Study => Work.Study;

    public string Key => Work.Key;

    /// <summary>What it shares a way out with; null when with nothing.</summary>
    public string? Lane { get; }

    /// <summary>Cancelled when the lease is lost: what goes on is for nothing.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Ends the work in the caller's transaction.</summary>
    /// <exception cref="LeaseLostException">The caller must not commit.</exception>
    public Task CompleteAsync(DatabaseTransaction transaction, CancellationToken stop) => WorkRows.CompleteAsync(transaction, Work, stop);

    /// <summary>There was nothing to be done yet: look again at <paramref name="due"/> (database time). Counts as no attempt.</summary>
    /// <exception cref="LeaseLostException">Somebody else has it, or it was pushed anew.</exception>
    public async Task RescheduleAsync(DateTimeOffset due, CancellationToken stop)
    {
        BusTelemetry.LeaveOut();
        await ReleaseAsync("urgency = urgency + ($3 - due_at), due_at = $3, attempts = 0, last_error = null", [due], stop);
    }

    /// <summary>The attempt failed: due again after the policy's delay, or at once for the one that settles the study.</summary>
    /// <exception cref="LeaseLostException">Somebody else has it, or it was pushed anew.</exception>
    public async Task FailAsync(string error, RetryPolicy policy, CancellationToken stop)
    {
        var wait = Work.Attempt == policy.MaxAttempts ? TimeSpan.Zero : policy.DelayAfter(Work.Attempt);
        // Urgency moves along, keeping the credit, or rows that keep failing would stand before all that came after them.
        await ReleaseAsync("urgency = urgency + (now() + $3 - due_at), due_at = now() + $3, last_error = $4", [wait, Shorten(error)], stop);
    }

    /// <summary>Gives the work back untouched, due at once. Counts as no attempt.</summary>
    /// <returns>False when this claim holds nothing any more.</returns>
    public async Task<bool> HandBackAsync(CancellationToken stop) =>
        await TryReleaseAsync("due_at = now(), attempts = greatest(attempts - 1, 0)", [], stop);

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
        catch (Exception error) when (error is NpgsqlException or OperationCanceledException)
        {
            // The sweeper makes it due when the lease has run out.
        }
        _lost.Dispose();
        _ended.Dispose();
    }

    private async Task ReleaseAsync(string change, object?[] values, CancellationToken stop)
    {
        if (!await TryReleaseAsync(change, values, stop)) throw new LeaseLostException(Work);
    }

    private async Task<bool> TryReleaseAsync(string change, object?[] values, CancellationToken stop)
    {
        await using var connection = await _database.OpenAsync(stop);
        return await connection.ExecuteAsync(
            $"""
             update work set {change}, state = 'due', lease_owner = null, lease_until = null, changed_at = clock_timestamp()
             where id = $1 and fence = $2 and state = 'leased'
             """,
            [Work.Id, Work.Fence, .. values], stop) == 1;
    }

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

    private async Task<bool> BeatOnceAsync(CancellationToken ended)
    {
        try
        {
            await using var connection = await _database.OpenAsync(ended);
            return await connection.ExecuteAsync("update work set lease_until = now() + $3 where id = $1 and fence = $2 and state = 'leased'",
                [Work.Id, Work.Fence, _lease], ended) == 1;
        }
        catch (NpgsqlException)
        {
            return true; // not known: the fence decides at the commit
        }
    }

    private static string Shorten(string error) => error.Length <= LongestError ? error : error[..LongestError];
}
