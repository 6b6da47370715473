using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace TriageWorker.Dicom.Network;

/// <summary>A requestor's TCP or TLS connection.</summary>
internal sealed class ClientConnection : IAsyncDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly Socket _socket;
    private readonly Stream _stream;

    private ClientConnection(Socket socket, Stream stream)
    {
        (_socket, _stream) = (socket, stream);
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferSize, leaveOpen: true));
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public PeerSocket Socket => PeerSocket.Of(_socket);

    /// <summary>Breaks the connection; whatever waits for it fails.</summary>
    public void Cut() => _socket.Dispose();

    /// <exception cref="DicomNetworkException">Unreachable, timed out, or no trust in the other side.</exception>
    public static async Task<ClientConnection> OpenAsync(AssociationRequest request, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var deadline = new CancellationTokenSource(request.ConnectTimeout, request.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await socket.ConnectAsync(request.Host, request.Port, either.Token);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (request.Tls is { } tls)
            {
                var secured = new SslStream(stream);
                await secured.AuthenticateAsClientAsync(tls, either.Token);
                stream = secured;
            }

            return new ClientConnection(socket, stream);
        }
        catch (Exception fault)
        {
            socket.Dispose();
            if (FaultOf(fault) is { } known) throw known;
            throw;
        }

        DicomNetworkException? FaultOf(Exception fault) => fault switch
        {
            SocketException refused => new(NetworkFault.Unreachable,
                $"No connection to {request.Host}:{request.Port} ({refused.SocketErrorCode}). Is the host right and does it listen there?", true, fault),
            AuthenticationException => new(NetworkFault.Untrusted, $"{request.Host}:{request.Port} and this side do not trust each other: {fault.Message}", false, fault),
            IOException => new(NetworkFault.Untrusted, $"{request.Host}:{request.Port} broke off the TLS handshake. Does it speak TLS, and does it want a certificate?", false, fault),
            OperationCanceledException when !cancellationToken.IsCancellationRequested =>
                new(NetworkFault.TimedOut, $"The peer took longer than {request.ConnectTimeout.TotalSeconds:0.#} s (connecting).", true, fault),
            _ => null,
        };
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Input.CompleteAsync();
            await Output.CompleteAsync();
            await _stream.DisposeAsync();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // It was cut.
        }

        _socket.Dispose();
    }
}
