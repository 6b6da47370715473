using System.Net;
using System.Net.Sockets;

namespace TriageWorker.Testing;

/// <summary>Addresses for servers that the tests start.</summary>
public static class Loopback
{
    /// <summary>A TCP port that was free a moment ago, for servers that cannot be told to choose one and say which.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
