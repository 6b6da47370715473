using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>A connection of the receiver without a socket, for streams by the ten thousand.</summary>
internal sealed class PipedConnection : IDuplexPipe
{
    private static readonly PipeOptions s_inline = new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);
    private readonly Pipe _in = new(s_inline);
    private readonly Pipe _out = new(s_inline);

    public PipeReader Input => _in.Reader;

    public PipeWriter Output => _out.Writer;

    /// <summary>Says the bytes, hangs up, and returns all that was answered once the receiver is done with the connection.</summary>
    public static async Task<byte[]> ExchangeAsync(DicomConnectionHandler handler, ReadOnlyMemory<byte> bytes)
    {
        var connection = new PipedConnection();
        await using var context = new DefaultConnectionContext("piped", connection, connection);
        await connection._in.Writer.WriteAsync(bytes);
        await connection._in.Writer.CompleteAsync();
        await handler.OnConnectedAsync(context);
        await connection._out.Writer.CompleteAsync();
        var read = await connection._out.Reader.ReadAsync();
        return read.Buffer.ToArray();
    }
}
