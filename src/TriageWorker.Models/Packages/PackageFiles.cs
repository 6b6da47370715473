using System.Security.Cryptography;
using System.Text;

namespace TriageWorker.Models.Packages;

/// <summary>The files of a package: found beside the manifest, checked against it, and summed up in one digest.</summary>
internal sealed class PackageFiles(string directory, Faults faults)
{
    private readonly SortedDictionary<string, string> _digests = new(StringComparer.Ordinal);

    /// <summary>Of the files that the manifest named so far, in ordinal order.</summary>
    public IReadOnlyList<string> Names => [.. _digests.Keys];

    /// <summary>Whether the manifest has named the file with this full path so far.</summary>
    public bool Lists(string file) => _digests.Keys.Any(name => Path.GetFullPath(Path.Combine(directory, name)) == file);

    /// <summary>The full path of a file that exists and has the stated SHA-256; null after a fault.</summary>
    public string? Verify(string path, string? name, string? sha256)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            faults.Add($"{path}", "is missing");
            return null;
        }

        var full = Path.GetFullPath(Path.Combine(directory, name));
        if (Path.IsPathRooted(name) || !full.StartsWith(directory + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            faults.Add(path, $"'{name}' lies outside the package");
            return null;
        }

        if (!File.Exists(full))
        {
            faults.Add(path, $"{name} is not in the package");
            return null;
        }

        var actual = DigestOf(full);
        _digests[name] = actual;
        if (string.Equals(actual, sha256, StringComparison.OrdinalIgnoreCase)) return full;
        faults.Add(path, $"{name} has SHA-256 {actual}, the manifest says {sha256 ?? "nothing"}");
        return null;
    }

    /// <summary>SHA-256 over the manifest's bytes and the name and digest of every file it names, in ordinal order of names.</summary>
    public string Digest(ReadOnlySpan<byte> manifest)
    {
        var text = new StringBuilder();
        text.Append("manifest.json\0").Append(Convert.ToHexStringLower(SHA256.HashData(manifest))).Append('\n');
        foreach (var (name, digest) in _digests) text.Append(name).Append('\0').Append(digest).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string DigestOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
