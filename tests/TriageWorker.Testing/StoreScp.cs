using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TriageWorker.Testing;

/// <summary>DCMTK's receiver on a free port of loopback, keeping what it is sent in a folder.</summary>
public sealed class StoreScp : IAsyncDisposable
{
    private readonly Process _process;

    private StoreScp(Process process, int port, string folder) => (_process, Port, Folder) = (process, port, folder);

    public int Port { get; }

    public string Folder { get; }

    public int ProcessId => _process.Id;

    /// <summary>It keeps the bytes as they came (<c>+B</c>).</summary>
    /// <param name="arguments">Further options, such as <c>--prefer-lossless</c> or <c>--refuse</c>.</param>
    public static Task<StoreScp> StartAsync(string folder, params string[] arguments) => StartAsync(folder, ["+B", .. arguments], new Dictionary<string, string>());

    /// <summary>With exactly these options.</summary>
    public static async Task<StoreScp> StartAsync(string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var port = Loopback.FreePort();
        var process = ExternalTool.Start("storescp", ["-od", folder, .. arguments, $"{port}"], environment);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await ListeningAsync(process, port);
        return new StoreScp(process, port, folder);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task ListeningAsync(Process process, int port)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await tick.WaitForNextTickAsync(patience.Token))
        {
            if (process.HasExited) throw new InvalidOperationException($"storescp ended with {process.ExitCode}.");
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, patience.Token);
                return;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }
    }
}
