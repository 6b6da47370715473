using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace TriageWorker.Dicom.Network;

/// <summary>A requestor's TCP connection as whole PDUs, every wait under a deadline.</summary>
internal sealed class PduChannel : IAsyncDisposable
{
    // The requestor receives association answers and command sets only; 64 KB holds an A-ASSOCIATE-AC with 128 contexts.
    private const uint MaxPduLength = 64 * 1024;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly PipeReader _input;
    private readonly TimeProvider _time;

    private PduChannel(Socket socket, TimeProvider time)
    {
        (_socket, _time) = (socket, time);
        _stream = new NetworkStream(socket, ownsSocket: true);
        _input = PipeReader.Create(_stream, new StreamPipeReaderOptions(leaveOpen: true));
    }

    /// <exception cref="DicomNetworkException">Unreachable or timed out; worth a retry.</exception>
    public static async Task<PduChannel> ConnectAsync(AssociationRequest request, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await WithinAsync(request.ConnectTimeout, request.Time, "connecting",
                async token => await socket.ConnectAsync(request.Host, request.Port, token), cancellationToken);
            return new PduChannel(socket, request.Time);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new DicomNetworkException(NetworkFault.Unreachable,
                $"No connection to {request.Host}:{request.Port} ({refused.SocketErrorCode}). Is the host right and does it listen there?", true, refused);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task SendAsync(ReadOnlyMemory<byte> bytes, TimeSpan timeout, CancellationToken cancellationToken) =>
        WithinAsync(timeout, _time, "sending", async token => await _stream.WriteAsync(bytes, token), cancellationToken);

    /// <summary>The next PDU, copied out: the peer of a requestor sends few and small ones.</summary>
    public async Task<(PduType Type, byte[] Body)> ReceiveAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        (PduType, byte[]) pdu = default;
        await WithinAsync(timeout, _time, "waiting for an answer", async token => pdu = await ReadPduAsync(token), cancellationToken);
        return pdu;
    }

    public async ValueTask DisposeAsync()
    {
        await _input.CompleteAsync();
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private async Task<(PduType Type, byte[] Body)> ReadPduAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await _input.ReadAsync(cancellationToken);
            switch (PduHeader.TryRead(read.Buffer, out var header))
            {
                case PduStep.Unrecognised:
                    throw new DicomNetworkException(NetworkFault.Protocol, "The peer answered with something that is no DICOM PDU. Is the port right?", false);
                case PduStep.Read when header.Length > MaxPduLength:
                    throw new DicomNetworkException(NetworkFault.Protocol, $"The peer sent a {header.Type} PDU of {header.Length} bytes; {MaxPduLength} were allowed.", false);
                case PduStep.Read when read.Buffer.Length >= PduHeader.Size + header.Length:
                    var body = read.Buffer.Slice(PduHeader.Size, header.Length);
                    var pdu = (header.Type, body.ToArray());
                    _input.AdvanceTo(body.End);
                    return pdu;
            }

            _input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted) throw new DicomNetworkException(NetworkFault.Lost, "The peer closed the connection without a word.", true);
        }
    }

    private static async Task WithinAsync(
        TimeSpan timeout, TimeProvider time, string doing, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await work(either.Token);
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new DicomNetworkException(NetworkFault.TimedOut, $"The peer took longer than {timeout.TotalSeconds:0.#} s ({doing}).", true, late);
        }
        catch (IOException reset) when (reset is not DicomNetworkException)
        {
            throw new DicomNetworkException(NetworkFault.Lost, "The connection was reset.", true, reset);
        }
    }
}
