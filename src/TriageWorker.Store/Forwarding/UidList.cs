using System.IO.Compression;
using System.Text;

namespace TriageWorker.Store;

/// <summary>UIDs as a column holds them: one a line, in order, compressed. Those of one study share most of their digits.</summary>
public static class UidList
{
    public static byte[] Write(IEnumerable<string> uids)
    {
        var text = Encoding.ASCII.GetBytes(string.Join('\n', uids.Order(StringComparer.Ordinal)));
        var written = new MemoryStream();
        using (var compressed = new BrotliStream(written, CompressionLevel.Optimal)) compressed.Write(text);
        return written.ToArray();
    }

    /// <param name="count">How many there are: the decompressor takes the end of what was cut for the end.</param>
    /// <exception cref="InvalidDataException">The column is not what was written.</exception>
    public static IReadOnlyList<string> Read(byte[] column, int count)
    {
        using var text = new StreamReader(new BrotliStream(new MemoryStream(column), CompressionMode.Decompress), Encoding.ASCII);
        try
        {
            var uids = text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return uids.Length == count ? uids : throw new InvalidDataException($"A list of {count} UIDs holds {uids.Length}.");
        }
        catch (InvalidOperationException corrupt)
        {
            throw new InvalidDataException("A list of UIDs cannot be decompressed.", corrupt);
        }
    }
}
