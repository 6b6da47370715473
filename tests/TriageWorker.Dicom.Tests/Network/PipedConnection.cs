using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>A connection of the receiver without a socket: what is said is worked off at once, on the thread that says it.</summary>
internal sealed class PipedConnection : IDuplexPipe, IAsyncDisposable
{
    private static readonly PipeOptions s_inline = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);

    private readonly Pipe _in;
    private readonly Pipe _out = new(s_inline);
    private readonly DefaultConnectionContext _context;
    private readonly Task _served;

    private PipedConnection(DicomConnectionHandler handler, PipeOptions input)
    {
        _in = new Pipe(input);
        _context = new DefaultConnectionContext("piped", this, this);
        _served = handler.OnConnectedAsync(_context);
    }

    public PipeReader Input => _in.Reader;

    public PipeWriter Output => _out.Writer;

    public static PipedConnection Open(DicomConnectionHandler handler) => new(handler, s_inline);

    /// <summary>A connection that takes no more while so many bytes are unread.</summary>
    public static PipedConnection Open(DicomConnectionHandler handler, int mostUnread) =>
        new(handler, new(null, PipeScheduler.Inline, PipeScheduler.Inline, pauseWriterThreshold: mostUnread, resumeWriterThreshold: 1, useSynchronizationContext: false));

    /// <summary>Says the bytes, hangs up, and returns all that was answered once the receiver is done with the connection.</summary>
    public static async Task<byte[]> ExchangeAsync(DicomConnectionHandler handler, ReadOnlyMemory<byte> bytes)
    {
        await using var connection = Open(handler);
        connection.Say(bytes);
        return await connection.HangUpAsync();
    }

    public void Say(ReadOnlyMemory<byte> bytes)
    {
        var saying = _in.Writer.WriteAsync(bytes);
        if (!saying.IsCompleted) throw new InvalidOperationException("Nothing limits this pipe, and yet it waits.");
        saying.GetAwaiter().GetResult();
    }

    /// <summary>Says the bytes; done when the connection takes more.</summary>
    public async Task SayAsync(ReadOnlyMemory<byte> bytes) => await _in.Writer.WriteAsync(bytes);

    /// <summary>Waits until what was answered so far satisfies the test.</summary>
    public async Task UntilAsync(Func<byte[], bool> isEnough)
    {
        while (true)
        {
            var read = await _out.Reader.ReadAsync(TestContext.Current.CancellationToken);
            var isDone = isEnough(read.Buffer.ToArray()) || read.IsCompleted;
            _out.Reader.AdvanceTo(read.Buffer.Start, isDone ? read.Buffer.Start : read.Buffer.End); // looked at, not taken
            if (isDone) return;
        }
    }

    public async Task<byte[]> HangUpAsync()
    {
        await _in.Writer.CompleteAsync();
        await _served;
        await _out.Writer.CompleteAsync();
        var read = await _out.Reader.ReadAsync();
        return read.Buffer.ToArray();
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
