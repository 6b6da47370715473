using System.Buffers.Binary;
using System.Text;

namespace TriageWorker.Imaging.Decoding;

/// <summary>
/// What goes over the pipe between a process and its decoder. A question is a length, the frame's format and the compressed bytes;
/// an answer is one byte (0: pixels, 1: why there are none), a length and that many bytes. Numbers are little endian.
/// </summary>
public static class CodecWire
{
    /// <summary>The argument with which the decoder answers questions until its standard input ends.</summary>
    public const string Serve = "--serve";

    private const int LongestQuestion = 512 * 1024 * 1024, LongestReason = 64 * 1024;
    private const byte Pixels = 0, Reason = 1;

    public static void Ask(Stream to, FrameFormat format, ReadOnlySpan<byte> compressed)
    {
        using var head = new MemoryStream();
        using (var writer = new BinaryWriter(head, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(compressed.Length);
            writer.Write(format.TransferSyntax);
            writer.Write(format.Rows);
            writer.Write(format.Columns);
            writer.Write(format.SamplesPerPixel);
            writer.Write(format.BitsAllocated);
            writer.Write(format.BitsStored);
            writer.Write(format.HighBit);
            writer.Write(format.IsSigned);
            writer.Write(format.Photometric);
        }

        to.Write(head.GetBuffer(), 0, (int)head.Length);
        to.Write(compressed);
        to.Flush();
    }

    /// <returns>Null when nothing more is asked.</returns>
    /// <exception cref="IOException">What came is no question.</exception>
    public static (FrameFormat Format, byte[] Compressed)? Listen(Stream from)
    {
        var length = new byte[sizeof(int)];
        if (from.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length) return null;
        var bytes = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (bytes is < 0 or > LongestQuestion) throw new IOException($"A question of {bytes} bytes is none.");
        using var reader = new BinaryReader(from, Encoding.UTF8, leaveOpen: true);
        var format = new FrameFormat(
            reader.ReadString(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean(), reader.ReadString());
        var compressed = new byte[bytes];
        from.ReadExactly(compressed);
        return (format, compressed);
    }

    public static void Answer(Stream to, ReadOnlySpan<byte> pixels) => Write(to, Pixels, pixels);

    public static void Refuse(Stream to, string because) => Write(to, Reason, Encoding.UTF8.GetBytes(because));

    /// <param name="from">What the decoder writes.</param>
    /// <param name="pixels">Filled when null is returned.</param>
    /// <returns>Why there are no pixels; null when there are.</returns>
    /// <exception cref="IOException">The decoder ended, or answered something else.</exception>
    public static string? Hear(Stream from, Span<byte> pixels)
    {
        Span<byte> head = stackalloc byte[1 + sizeof(int)];
        from.ReadExactly(head);
        var bytes = BinaryPrimitives.ReadInt32LittleEndian(head[1..]);
        if (head[0] == Pixels && bytes == pixels.Length)
        {
            from.ReadExactly(pixels);
            return null;
        }

        if (head[0] != Reason || bytes is < 0 or > LongestReason) throw new IOException($"The decoder answered {bytes} bytes of kind {head[0]} where {pixels.Length} bytes of pixels were asked for.");
        var reason = new byte[bytes];
        from.ReadExactly(reason);
        return Encoding.UTF8.GetString(reason);
    }

    private static void Write(Stream to, byte kind, ReadOnlySpan<byte> bytes)
    {
        Span<byte> head = stackalloc byte[1 + sizeof(int)];
        head[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], bytes.Length);
        to.Write(head);
        to.Write(bytes);
        to.Flush();
    }
}
