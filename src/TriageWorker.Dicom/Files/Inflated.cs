using System.IO.Compression;

namespace TriageWorker.Dicom;

/// <summary>Deflated data sets (PS3.5, A.5; RFC 1951).</summary>
internal static class Inflated
{
    /// <summary>What a source has left, inflated. Some writers add the envelope of zlib (RFC 1950), which is told by its two bytes.</summary>
    internal static Stream Open(ByteSource deflated, Remarks remarks)
    {
        var rest = new SourceStream(deflated);
        if (!HasZlibHead(deflated.Peek(5))) return new DeflateStream(rest, CompressionMode.Decompress);
        remarks.Add(DicomRemarkKind.ZlibEnvelope, deflated.Position, null, "The deflated data set is in a zlib envelope");
        return new ZLibStream(rest, CompressionMode.Decompress);
    }

    internal static bool HasZlibHead(ReadOnlySpan<byte> head) =>
        head.Length == 5 && head[0] == 0x78 && ((head[0] << 8) | head[1]) % 31 == 0
        && (head[1] & 0x20) == 0 // else it begins with a dictionary that nobody has, which the inflater takes for its own fault
        && (head[1] ^ head[3]) != 0xFF; // else a stored block of raw deflate, whose length stands there twice, once inverted
}
