using System.Diagnostics;
using System.Globalization;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>Our receiver, by <see cref="ReceiverProcess"/>.</summary>
public sealed class OwnReceiver : IReceiver
{
    private readonly Process _process;
    private readonly FolderContent _content;

    private OwnReceiver(string name, bool keeps, Process process, int port, string folder)
    {
        (Name, Keeps, _process, Port, _content) = (name, keeps, process, port, new FolderContent(folder));
    }

    public string Name { get; }

    public bool Keeps { get; }

    public int Port { get; }

    public int ProcessId => _process.Id;

    public static async Task<OwnReceiver> StartAsync(string name, string folder, bool keeps, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        string[] arguments = [typeof(OwnReceiver).Assembly.Location, ReceiverProcess.Verb, .. keeps ? (string[])[folder] : []];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        return new OwnReceiver(name, keeps, process, (int)await NumberAsync(process, stop), folder);
    }

    /// <summary>Bytes allocated since it started.</summary>
    public async Task<double> AllocatedAsync(CancellationToken stop)
    {
        await _process.StandardInput.WriteLineAsync("allocated".AsMemory(), stop);
        await _process.StandardInput.FlushAsync(stop);
        return await NumberAsync(_process, stop);
    }

    public Task<int> CountAsync(CancellationToken stop) => Task.FromResult(_content.Count);

    public IAsyncEnumerable<byte[]> FilesAsync(CancellationToken stop) => _content.FilesAsync(stop);

    public Task ClearAsync(CancellationToken stop)
    {
        _content.Clear();
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // it ends with its input
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<double> NumberAsync(Process process, CancellationToken stop) =>
        await process.StandardOutput.ReadLineAsync(stop) is { } line
            ? double.Parse(line, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("The receiver ended; what it said stands above.");
}
