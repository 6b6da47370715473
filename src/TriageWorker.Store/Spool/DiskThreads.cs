using System.Collections.Concurrent;

namespace TriageWorker.Store;

/// <summary>Threads of the spool's own for waiting on the disk, so that a slow one never holds up the pool that serves sockets and pages.</summary>
internal sealed class DiskThreads : IDisposable
{
    // As many syncs under way at once share one commit of the file system's journal; more would wait for the same disk.
    private const int Count = 8;

    private readonly BlockingCollection<(Action Work, TaskCompletionSource Done)> _waiting = [];
    private readonly Thread[] _threads = new Thread[Count];

    public DiskThreads()
    {
        for (var i = 0; i < Count; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = "spool" };
            _threads[i].Start();
        }
    }

    /// <summary>Does the work on one of the threads; the task fails as the work fails.</summary>
    public Task RunAsync(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add((work, done));
        return done.Task;
    }

    /// <summary>Returns when the threads have done what is waiting, and ended.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        foreach (var thread in _threads) thread.Join();
        _waiting.Dispose();
    }

    private void Work()
    {
        foreach (var (work, done) in _waiting.GetConsumingEnumerable())
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception error) when (done.TrySetException(error))
            {
                // Thrown where it is awaited.
            }
        }
    }
}
