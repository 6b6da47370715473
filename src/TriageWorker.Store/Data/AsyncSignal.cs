namespace TriageWorker.Store;

/// <summary>
/// Wakes everybody who waits. Take <see cref="Next"/> before looking for work and wait for it afterwards: what happens
/// in between is then not missed.
/// </summary>
public class AsyncSignal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Next => Volatile.Read(ref _next).Task;

    public void Wake() =>
        Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Waits for a signal taken with <see cref="Next"/>, at most <paramref name="longest"/>.</summary>
    public static async Task WaitAsync(Task next, TimeSpan longest, TimeProvider clock, CancellationToken stop)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(next, Task.Delay(longest, clock, timer.Token));
        await timer.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }
}

/// <summary>Woken after every commit in this process that wrote to <c>outbox</c>.</summary>
public sealed class OutboxSignal : AsyncSignal;
