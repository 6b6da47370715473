using System.Diagnostics;
using System.Globalization;
using TriageWorker.Models.Sessions;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Merlin;

/// <summary>One run: a score.</summary>
public sealed record ScoreRun(double Seconds, double ProcessorSeconds);

/// <summary>Who scores a full-size Merlin, in a process that waits between its runs: ours (<see cref="MerlinProcess"/>), or PyTorch in Debian's Python.</summary>
public sealed class MerlinScorer : IAsyncDisposable
{
    public const int Threads = 2;

    private const string Python = "/usr/bin/python3";

    private readonly Process _process;

    private MerlinScorer(string program, params string[] arguments) =>
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    /// <summary>Peak resident memory in MB since the process started, the loading of the weights included.</summary>
    public double PeakMegabytes => ProcessFigures.PeakMegabytes(_process.Id);

    public static MerlinScorer Ours(string folder, ExecutionProvider provider) =>
        new("dotnet", typeof(MerlinScorer).Assembly.Location, MerlinProcess.Verb, folder, provider.ToString());

    public static MerlinScorer PyTorch(string folder) =>
        new(Python, Repository.At("tests", "TriageWorker.Benchmarks", "peers", "merlin_torch.py"), folder, Threads.ToString(CultureInfo.InvariantCulture));

    public static async Task<bool> HasPyTorchAsync() =>
        File.Exists(Python) && (await ExternalTool.RunAsync(Python, "-c", "import torch")).ExitCode == 0;

    /// <summary>Writes a random checkpoint of Merlin's full size, a volume and a list of labels.</summary>
    public static async Task DrawAsync(string folder) =>
        (await ExternalTool.RunAsync(Python, Repository.At("tests", "TriageWorker.Models.Tests", "Merlin", "full_size.py"), folder)).Expect();

    public async Task<ScoreRun> RunAsync(CancellationToken stop)
    {
        await _process.StandardInput.WriteLineAsync("run".AsMemory(), stop);
        await _process.StandardInput.FlushAsync(stop);
        var line = await _process.StandardOutput.ReadLineAsync(stop) ?? throw new InvalidOperationException("A scorer ended; what it said stands above.");
        double[] figures = [.. line.Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))];
        return new ScoreRun(figures[0], figures[1]);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // it ends with its input
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
