namespace TriageWorker.Store;

/// <summary>Where the spool keeps an object: named by the digest of its data set, so that the same content is one file.</summary>
public static class ContentAddress
{
    internal const string Folder = "objects";

    /// <summary>Relative to the spool: <c>objects/3f/3f0c….dcm</c>. 256 folders keep each below 40,000 names at ten million objects.</summary>
    public static string Of(ReadOnlySpan<byte> digest)
    {
        var hex = Convert.ToHexStringLower(digest);
        return Path.Combine(Folder, hex[..2], hex + ".dcm");
    }

    internal static string FolderOf(byte first) => Path.Combine(Folder, Convert.ToHexStringLower([first]));

    /// <returns>Null for a name that is none of these.</returns>
    internal static byte[]? DigestOf(string path)
    {
        var hex = Path.GetFileNameWithoutExtension(path);
        return hex.Length == 64 && hex.All(char.IsAsciiHexDigitLower) && Of(Convert.FromHexString(hex)) == path ? Convert.FromHexString(hex) : null;
    }
}
