using System.Diagnostics;
using TriageWorker.Dicom;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>Our reader and writer.</summary>
public sealed class OwnFiles(string target, string[] files) : IFileWorker
{
    private DicomFile[]? _read;

    public string Name => "TriageWorker";

    /// <summary>Managed bytes per file in the last run.</summary>
    public double Allocated { get; private set; }

    public Task<double?> RunAsync(FileTask task, CancellationToken stop) => Task.Run<double?>(() => Run(task), stop);

    private double Run(FileTask task)
    {
        if (task == FileTask.Write) _read ??= [.. files.Select(path => DicomFile.Read(path))];
        var (start, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        for (var i = 0; i < files.Length; i++)
        {
            if (task == FileTask.Write) _read![i].Write(Path.Combine(target, Path.GetFileName(files[i])));
            else _ = DicomFile.Read(files[i], task == FileTask.Header ? DicomReadOptions.HeaderOnly : DicomReadOptions.Default);
        }

        Allocated = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / files.Length;
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
