using System.Net;
using System.Net.Sockets;

namespace TriageWorker.Host.Demo;

/// <summary>Ports on loopback for a demonstration that shall start whatever else runs here.</summary>
public static class FreePort
{
    /// <summary>The wanted port if nobody listens on it, else one that was free a moment ago.</summary>
    public static int Near(int wanted) => IsFree(wanted) ? wanted : Bind(0)!.Value;

    private static bool IsFree(int port) => Bind(port) is not null;

    private static int? Bind(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException) when (port != 0)
        {
            return null;
        }
    }
}
