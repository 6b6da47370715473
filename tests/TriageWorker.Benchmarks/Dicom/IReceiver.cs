namespace TriageWorker.Benchmarks.Dicom;

/// <summary>A receiver in a process of its own, ours or a peer.</summary>
public interface IReceiver : IAsyncDisposable
{
    /// <summary>As it stands in the rows.</summary>
    string Name { get; }

    int Port { get; }

    int ProcessId { get; }

    /// <summary>False for what keeps nothing on purpose.</summary>
    bool Keeps { get; }

    /// <summary>How many objects it holds.</summary>
    Task<int> CountAsync(CancellationToken stop);

    /// <summary>Each object it holds as a Part 10 file.</summary>
    IAsyncEnumerable<byte[]> FilesAsync(CancellationToken stop);

    /// <summary>Removes all it holds, so that what is sent next is new to it.</summary>
    Task ClearAsync(CancellationToken stop);
}
