using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace TriageWorker.Store;

/// <summary>Which images there were: SOP Instance UIDs, sorted, one a line. A thousand of one series take some kilobytes.</summary>
public static class UidList
{
    private static readonly char[] s_lineEnd = ['\n'];

    /// <param name="uids">In any order, each as often as it likes.</param>
    /// <param name="digest">SHA-256 over the lines.</param>
    /// <returns>The lines, deflated.</returns>
    public static byte[] Pack(IEnumerable<string> uids, out byte[] digest)
    {
        var lines = Lines(uids);
        digest = SHA256.HashData(lines);
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal)) deflate.Write(lines);
        return packed.ToArray();
    }

    public static IReadOnlyList<string> Unpack(byte[] packed)
    {
        using var inflate = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var reader = new StreamReader(inflate, Encoding.ASCII);
        return reader.ReadToEnd().Split(s_lineEnd, StringSplitOptions.RemoveEmptyEntries);
    }

    internal static byte[] Digest(IEnumerable<string> uids) => SHA256.HashData(Lines(uids));

    private static byte[] Lines(IEnumerable<string> uids) =>
        Encoding.ASCII.GetBytes(string.Concat(uids.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(uid => uid + "\n")));
}
