using System.Buffers.Binary;
using System.IO.Compression;
using TriageWorker.Imaging.Rendering;

namespace TriageWorker.Web;

/// <summary>PNG (RFC 2083; ISO/IEC 15948), eight bits a channel: every pixel as it was rendered.</summary>
internal static class PngPicture
{
    private static readonly byte[] s_signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly uint[] s_crc = [.. Enumerable.Range(0, 256).Select(value => CrcOf((uint)value))];

    public static byte[] Encode(DisplayImage image)
    {
        using var file = new MemoryStream();
        file.Write(s_signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        header[8] = 8; // bits
        header[9] = (byte)(image.Channels == 1 ? 0 : 2); // grey, or red, green, blue
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Deflated(image));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Deflated(DisplayImage image)
    {
        var stride = image.Width * image.Channels;
        using var bytes = new MemoryStream();
        using (var deflate = new ZLibStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            var line = new byte[stride + 1];
            for (var y = 0; y < image.Height; y++)
            {
                Filter(image.Pixels.AsSpan(y * stride, stride), image.Channels, line);
                deflate.Write(line);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>Each pixel as its difference from the one before (filter Sub): smooth images become small.</summary>
    private static void Filter(ReadOnlySpan<byte> row, int channels, byte[] line)
    {
        line[0] = 1;
        for (var i = 0; i < row.Length; i++) line[i + 1] = (byte)(row[i] - (i < channels ? 0 : row[i - channels]));
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(type);
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Checked(Checked(uint.MaxValue, type), content));
        file.Write(number);
    }

    private static uint Checked(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes) crc = s_crc[(byte)(crc ^ value)] ^ (crc >> 8);
        return crc;
    }

    private static uint CrcOf(uint value)
    {
        for (var bit = 0; bit < 8; bit++) value = (value & 1) == 1 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
        return value;
    }
}
