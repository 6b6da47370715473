using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace TriageWorker.Host.Operations;

/// <summary>The operations port on Kestrel, beside whatever else the process listens on. What comes in through it is marked, so that no page is answered there.</summary>
internal sealed class OperationsEndpoint(IOptions<OperationsOptions> options) : IConfigureOptions<KestrelServerOptions>, IConfigureOptions<SocketTransportOptions>
{
    private const int Backlog = 512;
    private static readonly Mark s_mark = new();
    private ListenOptions? _listening;

    /// <summary>Where it listens; once the host has started, with the port that it really got.</summary>
    public IPEndPoint Address => _listening?.IPEndPoint ?? new IPEndPoint(options.Value.Ip, options.Value.Port ?? OperationsOptions.UsualPort);

    /// <summary>Whether a request came in here. It goes by the connection: what a client says of the host it asks for proves nothing.</summary>
    public static bool Received(HttpContext context) => context.Features.Get<Mark>() is not null;

    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Listen(new OwnAddress(Address), listen =>
        {
            _listening = listen;
            listen.Use(next => connection =>
            {
                connection.Features.Set(s_mark);
                return next(connection);
            });
        });
    }

    public void Configure(SocketTransportOptions options)
    {
        var others = options.CreateBoundListenSocket;
        options.CreateBoundListenSocket = endpoint => endpoint is OwnAddress own ? Open(own) : others(endpoint);
    }

    private Socket Open(OwnAddress first)
    {
        var last = options.Value.Port is null ? first.Port + OperationsOptions.PortsTried - 1 : first.Port;
        for (var port = first.Port; port <= last; port++)
            if (TryListen(new IPEndPoint(first.Address, port)) is { } socket) return socket;
        throw new IOException(options.Value.Port is null
            ? $"no port from {first.Port} to {last} is free for health and metrics: set Operations:Port to one that is, or to 0."
            : $"port {first.Port} (Operations:Port) is taken by another process: set another one for this process, or 0 for any that is free.");
    }

    // It listens at once: two processes that start together may both bind a port, but only one listens.
    private static Socket? TryListen(IPEndPoint endpoint)
    {
        Socket? socket = null;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket?.Dispose();
            return null;
        }
        catch (SocketException fault)
        {
            socket?.Dispose();
            throw new IOException($"health and metrics cannot be told at {endpoint} (Operations:Address, Operations:Port): {fault.Message}", fault);
        }
    }

    private sealed class OwnAddress(IPEndPoint address) : IPEndPoint(address.Address, address.Port);

    private sealed class Mark;
}
