using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace TriageWorker.Testing;

/// <summary>Addresses for servers that the tests start.</summary>
public static class Loopback
{
    // Below the ports that systems give to outgoing connections (Linux from 32768, the registry from 49152), so that none of those takes one in between.
    private const int First = 15_000, Last = 32_000;

    private static readonly ConcurrentDictionary<int, bool> s_given = new();

    /// <summary>A TCP port that was free a moment ago and is given to nobody else here, for servers that cannot be told to choose one and say which.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            if (s_given.TryAdd(port, true) && IsFree(port)) return port;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
