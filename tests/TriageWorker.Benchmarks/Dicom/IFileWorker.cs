namespace TriageWorker.Benchmarks.Dicom;

/// <summary>Who reads and writes files, on one thread: ours or a peer.</summary>
public interface IFileWorker
{
    string Name { get; }

    /// <summary>Peak resident memory in MB so far; null for one whose process ends with each run.</summary>
    double? PeakMegabytes { get; }

    /// <summary>The seconds that all files took; null for a task it has not.</summary>
    Task<double?> RunAsync(FileTask task, CancellationToken stop);
}
