using System.Diagnostics;
using System.Globalization;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Tensors;

/// <summary>One run: from the files to the tensor. The digests come after it; the processor time has them in it.</summary>
public sealed record MadeTensor(double Milliseconds, double DigestMilliseconds, double ProcessorSeconds);

/// <summary>Who makes tensors of the files in a folder, in a process that waits between its runs: ours (<see cref="TensorProcess"/>), or MONAI's steps in Debian's Python.</summary>
public sealed class TensorMaker : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly Process _process;

    private TensorMaker(string program, params string[] arguments) =>
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    /// <summary>Peak resident memory in MB since the process started, its decoders included.</summary>
    public double PeakMegabytes => ProcessFigures.PeakMegabytes(_process.Id);

    public static TensorMaker Ours(string folder) => new("dotnet", typeof(TensorMaker).Assembly.Location, TensorProcess.Verb, folder);

    /// <summary>Null where Python, pydicom, PyTorch or GDCM's binding for Python is not installed.</summary>
    public static async Task<TensorMaker?> MonaiAsync(string folder) =>
        await HasMonaiAsync() ? new(Python, Repository.At("tests", "TriageWorker.Benchmarks", "peers", "monai_chain.py"), folder) : null;

    public static async Task<bool> HasMonaiAsync() =>
        File.Exists(Python) && (await ExternalTool.RunAsync(Python, "-c", "import gdcm, pydicom, torch")).ExitCode == 0;

    public async Task<MadeTensor> RunAsync(CancellationToken stop)
    {
        var before = ProcessFigures.ProcessorSeconds(_process.Id);
        await _process.StandardInput.WriteLineAsync("run".AsMemory(), stop);
        await _process.StandardInput.FlushAsync(stop);
        var line = await _process.StandardOutput.ReadLineAsync(stop) ?? throw new InvalidOperationException("A maker of tensors ended; what it said stands above.");
        double[] figures = [.. line.Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))];
        return new MadeTensor(figures[0], figures.ElementAtOrDefault(1), ProcessFigures.ProcessorSeconds(_process.Id) - before);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // it ends with its input
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
