using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TriageWorker.Store;

/// <summary>The newest seal as it is told outside the database.</summary>
/// <param name="Rows">Sealed until then.</param>
/// <param name="At">When it was sealed, database time.</param>
/// <param name="Hash">Lower-case hexadecimal.</param>
public sealed record SealHead(string At, int Epoch, long Seal, long Rows, string Hash)
{
    public static SealHead Of(Seal seal) => new(seal.SealedAt, seal.Epoch, seal.Seq, seal.Total, Convert.ToHexStringLower(seal.Hash));
}

/// <summary>
/// A file of heads, one line of JSON each, that is only ever added to. Processes may share it. A line that a crash tore is
/// closed by the next one and skipped by readers.
/// </summary>
public sealed class HeadFile(string path)
{
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public bool Exists => File.Exists(Path);

    /// <summary>How much of it there is now; 0 when it is not there.</summary>
    public long Length => new FileInfo(Path) is { Exists: true } file ? file.Length : 0;

    /// <summary>Adds a line; it survives a crash of the machine when this returns.</summary>
    public void Append(SealHead head)
    {
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        Directory.CreateDirectory(folder);
        var isNew = !Exists;
        Posix.AppendLine(Path, [.. JsonSerializer.SerializeToUtf8Bytes(head, HeadJson.Default.SealHead), (byte)'\n']);
        if (isNew) Posix.SyncFolder(folder);
    }

    /// <summary>The lines in their order; null for one that cannot be read.</summary>
    /// <param name="length">How far: what was added later is left out.</param>
    public async IAsyncEnumerable<SealHead?> ReadAsync(long length, [EnumeratorCancellation] CancellationToken stop)
    {
        // Any sharing: whoever adds to it must not be kept from it.
        await using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var lines = new StreamReader(file, Encoding.UTF8);
        for (var read = 0L; read < length && await lines.ReadLineAsync(stop) is { } line; read += Encoding.UTF8.GetByteCount(line) + 1)
            if (line.Length > 0) yield return Parse(line);
    }

    /// <summary>The last line that can be read; null when there is none.</summary>
    public async Task<SealHead?> LastAsync(CancellationToken stop)
    {
        if (!Exists) return null;
        SealHead? last = null;
        await foreach (var head in ReadAsync(Length, stop)) last = head ?? last;
        return last;
    }

    private static SealHead? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, HeadJson.Default.SealHead);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SealHead))]
internal sealed partial class HeadJson : JsonSerializerContext;
