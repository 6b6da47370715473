using System.Diagnostics;
using System.Globalization;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>A reader and writer in a process of its own, told its tasks line by line: ours (<see cref="FilesProcess"/>) or pydicom.</summary>
public sealed class ProcessWorker : IFileWorker, IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly Process _process;

    private ProcessWorker(string name, string program, params string[] arguments)
    {
        Name = name;
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    public string Name { get; }

    /// <summary>Peak resident memory in MB since the process started.</summary>
    public double? PeakMegabytes => ProcessFigures.PeakMegabytes(_process.Id);

    /// <summary>Managed bytes per file in the last run; zero for pydicom.</summary>
    public double Allocated { get; private set; }

    public static ProcessWorker Ours(string target, string[] files) =>
        new("TriageWorker", "dotnet", [typeof(ProcessWorker).Assembly.Location, FilesProcess.Verb, target, .. files]);

    /// <summary>pydicom in Debian's Python, by <c>peers/pydicom_files.py</c>; null where one of them is not installed.</summary>
    public static async Task<ProcessWorker?> PydicomAsync(string target, string[] files) =>
        File.Exists(Python) && (await ExternalTool.RunAsync(Python, "-c", "import pydicom")).ExitCode == 0
            ? new("pydicom", Python, [Repository.At("tests", "TriageWorker.Benchmarks", "peers", "pydicom_files.py"), target, .. files])
            : null;

    public async Task<double?> RunAsync(FileTask task, CancellationToken stop)
    {
        await _process.StandardInput.WriteLineAsync($"{task}".ToLowerInvariant().AsMemory(), stop);
        await _process.StandardInput.FlushAsync(stop);
        var line = await _process.StandardOutput.ReadLineAsync(stop) ?? throw new InvalidOperationException($"The process of {Name} ended; what it said stands above.");
        double[] figures = [.. line.Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))];
        if (figures.Length > 1) Allocated = figures[1];
        return figures[0];
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // it ends with its input
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
