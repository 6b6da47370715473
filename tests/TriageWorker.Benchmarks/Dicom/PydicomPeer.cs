using System.Diagnostics;
using System.Globalization;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>pydicom in Debian's Python, by <c>peers/pydicom_files.py</c>.</summary>
public sealed class PydicomPeer : IFileWorker, IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly Process _process;

    private PydicomPeer(Process process) => _process = process;

    public string Name => "pydicom";

    /// <summary>Null where Python or pydicom is not installed.</summary>
    public static async Task<PydicomPeer?> StartAsync(string target, string[] files)
    {
        if (!File.Exists(Python) || (await ExternalTool.RunAsync(Python, "-c", "import pydicom")).ExitCode != 0) return null;
        return new PydicomPeer(Process.Start(new ProcessStartInfo(Python, [Repository.At("tests", "TriageWorker.Benchmarks", "peers", "pydicom_files.py"), target, .. files])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
    }

    public async Task<double?> RunAsync(FileTask task, CancellationToken stop)
    {
        await _process.StandardInput.WriteLineAsync($"{task}".ToLowerInvariant().AsMemory(), stop);
        await _process.StandardInput.FlushAsync(stop);
        return await _process.StandardOutput.ReadLineAsync(stop) is { } line
            ? double.Parse(line, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("peers/pydicom_files.py ended; what it said stands above.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // it ends with its input
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
