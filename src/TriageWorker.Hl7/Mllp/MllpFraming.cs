using System.Buffers;

namespace TriageWorker.Hl7;

/// <summary>How far the bytes at hand go.</summary>
public enum MllpStep
{
    /// <summary>No whole frame yet.</summary>
    NeedMore,

    /// <summary>A frame; the bytes after it are left in the buffer.</summary>
    Message,

    /// <summary>More content than the limit allows.</summary>
    TooLarge,

    /// <summary>Bytes that are no frame.</summary>
    Malformed,
}

/// <summary>The minimal lower layer protocol: <c>0x0B</c> content <c>0x1C 0x0D</c> (HL7 implementation guide, appendix C). Does no I/O and throws nothing.</summary>
public static class MllpFraming
{
    public const byte Start = 0x0B, End = 0x1C, Return = 0x0D;
    private const byte LineFeed = 0x0A;

    /// <summary>Takes one frame off the buffer.</summary>
    /// <param name="searched">Bytes of the buffer known to hold no end, kept from call to call so that slow bytes are not searched again and again.</param>
    /// <param name="limit">The most bytes of content.</param>
    public static MllpStep TryRead(ref ReadOnlySequence<byte> buffer, ref long searched, int limit, out ReadOnlySequence<byte> content)
    {
        content = default;
        if (searched == 0) SkipLineEnds(ref buffer);
        if (buffer.IsEmpty) return MllpStep.NeedMore;
        if (buffer.FirstSpan[0] != Start) return MllpStep.Malformed;

        var body = buffer.Slice(1);
        if (body.Slice(searched).PositionOf(End) is not { } end)
        {
            searched = body.Length;
            return searched > limit ? MllpStep.TooLarge : MllpStep.NeedMore;
        }

        content = body.Slice(0, end);
        if (content.Length > limit) return MllpStep.TooLarge;
        searched = content.Length; // the end is found again when its carriage return follows
        var rest = body.Slice(body.GetPosition(1, end));
        if (rest.IsEmpty) return MllpStep.NeedMore;
        if (rest.FirstSpan[0] != Return || content.PositionOf(Start) is not null) return MllpStep.Malformed;
        buffer = rest.Slice(1);
        searched = 0;
        return MllpStep.Message;
    }

    // Some senders end a frame in CR LF, or send an empty line between frames.
    private static void SkipLineEnds(ref ReadOnlySequence<byte> buffer)
    {
        while (!buffer.IsEmpty && buffer.FirstSpan[0] is Return or LineFeed) buffer = buffer.Slice(1);
    }
}
