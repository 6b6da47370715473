using System.Net;
using System.Net.Sockets;

namespace TriageWorker.Host.Doctor;

/// <summary>A port that a role listens on is free, or the product's already.</summary>
/// <param name="isOursAsync">Asked where the port is taken.</param>
internal sealed class PortCheck(string name, string key, IPAddress address, int port, Func<CancellationToken, Task<bool>> isOursAsync) : Check(name)
{
    private string Place => $"{address}:{port}";

    public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
    {
        if (port == 0) return [Ok("The operating system chooses the port at each start.")];
        if (Bind() is not { } fault) return [Ok($"{Place} is free.")];
        return fault switch
        {
            SocketError.AddressAlreadyInUse when await isOursAsync(stop) => [Ok($"The product listens on {Place}.")],
            SocketError.AddressAlreadyInUse => [Fault($"Another program listens on {Place}.", $"End it, or set {key}:Port.")],
            SocketError.AddressNotAvailable => [Fault($"This machine has no address {address}.", $"Set {key}:Address to one that it has; 0.0.0.0 is all of them.")],
            SocketError.AccessDenied => [Fault($"This account may not listen on {Place}.", "Ports below 1024 need root or CAP_NET_BIND_SERVICE: take another, or give it that right.")],
            _ => [Fault($"{Place} cannot be listened on: {fault}.", $"Look at {key}:Address and {key}:Port.")],
        };
    }

    private SocketError? Bind()
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return null;
        }
        catch (SocketException taken)
        {
            return taken.SocketErrorCode;
        }
    }
}
