using System.Buffers.Binary;

namespace TriageWorker.Imaging.Decoding;

/// <summary>The image size that a compressed frame itself names, so that a decoder is never asked to trust a header that is wrong.</summary>
internal static class CompressedSize
{
    /// <returns>Null where the frame names none: run lengths do not, and neither does what is damaged.</returns>
    public static (int Rows, int Columns)? Of(ReadOnlySpan<byte> frame) => frame switch
    {
        [0xFF, 0x4F, 0xFF, 0x51, ..] => OfCodestream(frame),
        [0xFF, 0xD8, ..] => OfJpeg(frame),
        _ => null,
    };

    // ITU-T T.800, A.5.1 (SIZ): length, capabilities, then the reference grid's size and the image's offset on it.
    private static (int Rows, int Columns)? OfCodestream(ReadOnlySpan<byte> frame)
    {
        const int Width = 8, Height = 12, Left = 16, Top = 20, End = 24;
        if (frame.Length < End) return null;
        var columns = BinaryPrimitives.ReadUInt32BigEndian(frame[Width..]) - (long)BinaryPrimitives.ReadUInt32BigEndian(frame[Left..]);
        var rows = BinaryPrimitives.ReadUInt32BigEndian(frame[Height..]) - (long)BinaryPrimitives.ReadUInt32BigEndian(frame[Top..]);
        return rows is > 0 and <= int.MaxValue && columns is > 0 and <= int.MaxValue ? ((int)rows, (int)columns) : null;
    }

    // ITU-T T.81, B.2.2 and T.87, C.2.2: the frame header, whatever process it announces.
    private static (int Rows, int Columns)? OfJpeg(ReadOnlySpan<byte> frame)
    {
        for (var at = 2; at + 9 <= frame.Length;)
        {
            if (frame[at] != 0xFF) return null;
            var marker = frame[at + 1];
            if (marker == 0xFF)
            {
                at++; // filling (B.1.1.2)
                continue;
            }

            if (marker is (>= 0xC0 and <= 0xCF and not 0xC4 and not 0xC8 and not 0xCC) or 0xF7)
                return (BinaryPrimitives.ReadUInt16BigEndian(frame[(at + 5)..]), BinaryPrimitives.ReadUInt16BigEndian(frame[(at + 7)..]));
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(frame[(at + 2)..]);
        }

        return null;
    }
}
