using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace TriageWorker.Store;

/// <summary>UIDs as a column holds them: each once, one a line, in order, compressed. Those of one study share most of their digits, so a thousand take some kilobytes.</summary>
public static class UidList
{
    public static byte[] Write(IEnumerable<string> uids)
    {
        using var written = new MemoryStream();
        using (var compressed = new BrotliStream(written, CompressionLevel.Optimal)) compressed.Write(Lines(uids));
        return written.ToArray();
    }

    /// <param name="count">How many there are, where that is known: the decompressor takes the end of what was cut for the end.</param>
    /// <exception cref="InvalidDataException">The column is not what was written.</exception>
    public static IReadOnlyList<string> Read(byte[] column, int? count = null)
    {
        using var text = new StreamReader(new BrotliStream(new MemoryStream(column), CompressionMode.Decompress), Encoding.ASCII);
        try
        {
            var uids = text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return count is null || uids.Length == count ? uids : throw new InvalidDataException($"A list of {count} UIDs holds {uids.Length}.");
        }
        catch (InvalidOperationException corrupt)
        {
            throw new InvalidDataException("A list of UIDs cannot be decompressed.", corrupt);
        }
    }

    /// <summary>SHA-256 over the lines.</summary>
    public static byte[] Digest(IEnumerable<string> uids) => SHA256.HashData(Lines(uids));

    private static byte[] Lines(IEnumerable<string> uids) =>
        Encoding.ASCII.GetBytes(string.Concat(uids.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(uid => uid + "\n")));
}
