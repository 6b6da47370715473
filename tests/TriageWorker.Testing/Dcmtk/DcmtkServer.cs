using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TriageWorker.Testing;

/// <summary>One of DCMTK's servers, listening, and what it says.</summary>
public sealed class DcmtkServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private DcmtkServer(Process process, int port)
    {
        (_process, Port) = (process, port);
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts the tool with these arguments and the port as the last one; returns when it listens.</summary>
    public static async Task<DcmtkServer> StartAsync(string tool, int port, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var server = new DcmtkServer(ExternalTool.Start(tool, [.. arguments, $"{port}"], environment), port);
        await server.ListeningAsync();
        return server;
    }

    /// <summary>Ends it as a power cut would.</summary>
    /// <returns>All it has said.</returns>
    public async Task<string> StopAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true); // some fork for each association
        await _process.WaitForExitAsync(); // also for the last line
        lock (_said) return _said.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    private async Task ListeningAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        do
        {
            if (_process.HasExited) throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with {_process.ExitCode}:\n{await StopAsync()}");
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, Port, patience.Token);
                return;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }
        while (await tick.WaitForNextTickAsync(patience.Token));
    }

    private void Hear(string? line)
    {
        lock (_said) _said.AppendLine(line);
    }
}
