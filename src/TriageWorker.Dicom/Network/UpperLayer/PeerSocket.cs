using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace TriageWorker.Dicom.Network;

/// <summary>The TCP options that keep a default sender from waiting 40 ms at each end of an object.</summary>
/// <remarks>A sender with Nagle's algorithm holds its last short segment back until the previous one is acknowledged, and a
/// receiver acknowledges late on purpose. Linux leaves quick acknowledgement by itself, so it is armed again after each read.</remarks>
internal readonly struct PeerSocket
{
    private const int TcpLevel = 6, QuickAck = 12; // IPPROTO_TCP, TCP_QUICKACK of linux/tcp.h

    private readonly Socket? _socket;

    private PeerSocket(Socket? socket) => _socket = socket;

    public static PeerSocket Of(ConnectionContext connection) => Of(connection.Features.Get<IConnectionSocketFeature>()?.Socket);

    public static PeerSocket Of(Socket? socket)
    {
        if (socket?.ProtocolType != ProtocolType.Tcp) return default;
        socket.NoDelay = true;
        var peer = new PeerSocket(OperatingSystem.IsLinux() ? socket : null);
        peer.AcknowledgeAtOnce();
        return peer;
    }

    public void AcknowledgeAtOnce()
    {
        try
        {
            _socket?.SetRawSocketOption(TcpLevel, QuickAck, [1, 0, 0, 0]);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The read that follows says what became of the connection.
        }
    }
}
