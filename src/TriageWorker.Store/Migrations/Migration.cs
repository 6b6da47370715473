using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace TriageWorker.Store;

/// <summary>One numbered step of the schema, as it lies in <c>migrations/</c> and travels inside the assembly.</summary>
public sealed record Migration(int Number, string Name, string Text)
{
    private const string Folder = "migrations/";

    /// <summary>SHA-256 of the text with line ends as LF, so that a checkout with others is no change.</summary>
    public byte[] Checksum { get; } = SHA256.HashData(Encoding.UTF8.GetBytes(Text.ReplaceLineEndings("\n")));

    /// <summary>All of them in their order.</summary>
    public static IReadOnlyList<Migration> Shipped { get; } = Read(typeof(Migration).Assembly);

    private static List<Migration> Read(Assembly assembly)
    {
        var migrations = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var name = resource[Folder.Length..];
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            migrations.Add(new Migration(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, reader.ReadToEnd()));
        }
        return migrations;
    }
}

/// <summary>The database and this version of the product do not fit together. The message says what to do.</summary>
public sealed class MigrationException(string message) : Exception(message);
