using System.Diagnostics;
using System.Globalization;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks;

/// <summary>MONAI's steps in Debian's Python, in a process that waits between its runs, so that ours and its own can take turns.</summary>
public sealed class MonaiPeer : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly Process _process;

    private MonaiPeer(Process process) => _process = process;

    /// <summary>Null where Python, pydicom or PyTorch are not installed.</summary>
    public static async Task<MonaiPeer?> StartAsync(string folder)
    {
        if (!File.Exists(Python) || (await ExternalTool.RunAsync(Python, "-c", "import pydicom, torch")).ExitCode != 0) return null;
        return new MonaiPeer(Process.Start(new ProcessStartInfo(Python, [Repository.At("tests", "TriageWorker.Benchmarks", "peers", "monai_chain.py"), folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
    }

    /// <summary>Milliseconds from the files to the tensor, once.</summary>
    public async Task<double> RunAsync(CancellationToken stop)
    {
        await _process.StandardInput.WriteLineAsync("run".AsMemory(), stop);
        await _process.StandardInput.FlushAsync(stop);
        return await _process.StandardOutput.ReadLineAsync(stop) is { } line
            ? double.Parse(line, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("peers/monai_chain.py ended; what it said stands above.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // it ends with its input
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
