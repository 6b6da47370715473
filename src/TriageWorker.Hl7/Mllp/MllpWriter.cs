using System.Buffers;
using System.IO.Pipelines;

namespace TriageWorker.Hl7;

/// <summary>Writes frames to a connection. The writer stays the caller's to complete.</summary>
public static class MllpWriter
{
    /// <summary>Writes one message and flushes it.</summary>
    /// <returns>False when the peer has stopped reading: nothing more can be sent to it.</returns>
    /// <exception cref="ArgumentException">The content holds 0x0B or 0x1C, which would cut the frame.</exception>
    public static async ValueTask<bool> WriteAsync(PipeWriter output, ReadOnlyMemory<byte> content, CancellationToken stop)
    {
        if (content.Span.IndexOfAny(MllpFraming.Start, MllpFraming.End) >= 0)
            throw new ArgumentException("The content holds a byte that MLLP uses to frame it (0x0B or 0x1C).", nameof(content));
        Frame(output, content.Span);
        var flushed = await output.FlushAsync(stop);
        return !flushed.IsCompleted;
    }

    private static void Frame(PipeWriter output, ReadOnlySpan<byte> content)
    {
        output.Write([MllpFraming.Start]);
        output.Write(content);
        output.Write([MllpFraming.End, MllpFraming.Return]);
    }
}
