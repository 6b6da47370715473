using Microsoft.Extensions.Logging;

namespace TriageWorker.Store;

/// <summary>The volume that a spool lies on: its room, and whether what it says it has written can be believed.</summary>
internal sealed partial class SpoolVolume(string root, long minimumFree, ILogger log)
{
    private const long RoomAgain = 64L << 20;

    private readonly DriveInfo _drive = new(root);
    private readonly Lock _failing = new();
    private long _failures, _roomWhenFull = -1;
    private volatile string? _failure;

    public long Free => _drive.AvailableFreeSpace;

    public long Size => _drive.TotalSize;

    /// <inheritdoc cref="Spool.Trouble"/>
    public string? Trouble => Failure ?? (Free < minimumFree ? "the disk of the spool is nearly full" : null);

    /// <inheritdoc cref="Spool.Failure"/>
    public string? Failure => _failure;

    /// <inheritdoc cref="Spool.Failures"/>
    public long Failures => Interlocked.Read(ref _failures);

    /// <inheritdoc cref="Spool.IsFull"/>
    public bool IsFull => Interlocked.Read(ref _roomWhenFull) is >= 0 and var room && Free < room + RoomAgain;

    /// <summary>Something did not fit.</summary>
    public void RanFull() => Interlocked.Exchange(ref _roomWhenFull, Free);

    /// <summary>Something did.</summary>
    public void HadRoom() => Interlocked.Exchange(ref _roomWhenFull, -1);

    /// <returns>False when a sync has failed since <paramref name="failures"/> were counted.</returns>
    public bool Recover(long failures)
    {
        lock (_failing)
        {
            if (Failures != failures) return false;
            _failure = null;
            return true;
        }
    }

    /// <exception cref="SyncException">There is a <see cref="Failure"/> from now on, or the volume <see cref="IsFull"/>.</exception>
    public void Sync(Action sync)
    {
        try
        {
            sync();
        }
        catch (SyncException full) when (Posix.IsFull(full))
        {
            RanFull(); // some file systems look for room only when they have to write
            throw;
        }
        catch (SyncException failed)
        {
            lock (_failing)
            {
                if (_failure is null) LogFailing(log, root, failed.Message);
                _failure ??= $"the spool's volume is failing: {failed.Message}";
                Interlocked.Increment(ref _failures);
            }

            throw;
        }
    }

    [LoggerMessage(3020, LogLevel.Critical, "The volume of the spool {Folder} is failing; nothing more is taken until it has held several trials: {Because}")]
    private static partial void LogFailing(ILogger log, string folder, string because);
}
