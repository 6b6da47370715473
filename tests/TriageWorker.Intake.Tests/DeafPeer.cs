using System.Net;
using System.Net.Sockets;

namespace TriageWorker.Intake.Tests;

/// <summary>A port of loopback that takes connections and never says anything.</summary>
internal sealed class DeafPeer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private TcpClient? _caller;

    public DeafPeer() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Returns when somebody has called.</summary>
    public async Task CalledAsync(CancellationToken stop) => _caller = await _listener.AcceptTcpClientAsync(stop);

    public void Dispose()
    {
        _caller?.Dispose();
        _listener.Dispose();
    }
}
