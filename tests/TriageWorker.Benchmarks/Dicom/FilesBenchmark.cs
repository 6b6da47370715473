using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>Reading cached CT images and writing data sets that are in memory, ours and the peers in turns.</summary>
public sealed class FilesBenchmark(BenchmarkContext context, TemporaryFolder folder, string[] files)
{
    private const int Most = 200, Runs = 5, QuickRuns = 3;
    private readonly string[] _files = files[..Math.Min(files.Length, Most)];

    public async Task RunAsync(CancellationToken stop)
    {
        context.Say($"reading and writing {_files.Length} files …");
        var target = Directory.CreateDirectory(folder.At("written")).FullName;
        foreach (var task in Enum.GetValues<FileTask>())
        {
            // New for each task, since the peak of a process is that of all it did.
            await using var ours = ProcessWorker.Ours(target, _files);
            await using var pydicom = await ProcessWorker.PydicomAsync(target, _files);
            if (pydicom is null && task == FileTask.Parse) context.Say("Without pydicom: it needs Debian's python3-pydicom.");
            IFileWorker[] workers = [ours, .. pydicom is null ? (IFileWorker[])[] : [pydicom], new DcmdumpPeer(_files)];
            Report(task, await RunAsync(task, workers, target, stop), ours);
        }
    }

    private async Task<Dictionary<IFileWorker, double>> RunAsync(FileTask task, IFileWorker[] workers, string target, CancellationToken stop)
    {
        var seconds = workers.ToDictionary(worker => worker, _ => new List<double>());
        for (var run = 0; run <= (context.Quick ? QuickRuns : Runs); run++)
        {
            foreach (var worker in workers)
            {
                // The first one compiles the code and fills the cache.
                if (await worker.RunAsync(task, stop) is { } took && run > 0) seconds[worker].Add(took);
                foreach (var written in Directory.EnumerateFiles(target)) File.Delete(written);
            }
        }

        return seconds.Where(worker => worker.Value.Count > 0).ToDictionary(worker => worker.Key, worker => BenchmarkContext.Median(worker.Value));
    }

    private void Report(FileTask task, Dictionary<IFileWorker, double> medians, ProcessWorker ours)
    {
        var name = task switch { FileTask.Parse => "dicom.parse", FileTask.Header => "dicom.parse.header", _ => "dicom.write" };
        var megabytes = _files.Sum(path => new FileInfo(path).Length) / 1e6;
        foreach (var (peer, median) in medians.Where(worker => worker.Key != ours))
        {
            if (task != FileTask.Header) context.Report(new(name, megabytes / medians[ours], "MB/s", peer.Name, megabytes / median));
            context.Report(new($"{name}.files", _files.Length / medians[ours], "files/s", peer.Name, _files.Length / median));
            if (peer.PeakMegabytes is { } peak) context.Report(new($"{name}.memory", ours.PeakMegabytes!.Value, "MB at peak", peer.Name, peak));
        }

        context.Report(new($"{name}.allocated", ours.Allocated / 1024, "KB managed per file"));
    }
}
