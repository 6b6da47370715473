using System.Text;

namespace TriageWorker.Testing;

/// <summary>One entry as it is to be written.</summary>
internal sealed record ZipPart(string Name, byte[] Content)
{
    public ushort Method { get; init; }

    public ushort Flags { get; init; }

    /// <summary>What header and directory say of the length, if not the truth.</summary>
    public uint? SaidLength { get; init; }

    public string? NameInHeader { get; init; }

    /// <summary>Nothing is written for it: its line in the directory points at the header of the entry with this index.</summary>
    public int? LiesAt { get; init; }
}

/// <summary>Writes archives field by field (APPNOTE 4.3), right or wrong as a test wants them.</summary>
internal static class ZipBytes
{
    public static byte[] Of(params ZipPart[] parts) => Of(isWide: false, parts);

    /// <param name="isWide">Whether sizes and places are written as zip64 does.</param>
    public static byte[] Of(bool isWide, params ZipPart[] parts)
    {
        var file = new List<byte>();
        var places = new List<int>();
        foreach (var part in parts)
        {
            places.Add(part.LiesAt is { } other ? places[other] : file.Count);
            if (part.LiesAt is not null) continue;
            file.AddRange((byte[])[0x50, 0x4b, 3, 4, 0, 0, .. Common(part, isWide: false), .. UInt16(0), .. Encoding.UTF8.GetBytes(part.NameInHeader ?? part.Name), .. part.Content]);
        }

        var directory = file.Count;
        for (var i = 0; i < parts.Length; i++)
        {
            byte[] extra = isWide ? [1, 0, 24, 0, .. UInt64(parts[i].Content.Length), .. UInt64(parts[i].Content.Length), .. UInt64(places[i])] : [];
            file.AddRange((byte[])[0x50, 0x4b, 1, 2, 0, 0, 0, 0, .. Common(parts[i], isWide), .. UInt16(extra.Length), .. new byte[10], .. UInt32(isWide ? -1 : places[i]), .. Encoding.UTF8.GetBytes(parts[i].Name), .. extra]);
        }

        var (end, length) = (file.Count, file.Count - directory);
        if (isWide)
            file.AddRange((byte[])[0x50, 0x4b, 6, 6, .. UInt64(44), .. new byte[12], .. UInt64(parts.Length), .. UInt64(parts.Length), .. UInt64(length), .. UInt64(directory), 0x50, 0x4b, 6, 7, .. UInt32(0), .. UInt64(end), .. UInt32(1)]);
        file.AddRange((byte[])[0x50, 0x4b, 5, 6, 0, 0, 0, 0, .. UInt16(parts.Length), .. UInt16(parts.Length), .. UInt32(isWide ? -1 : length), .. UInt32(isWide ? -1 : directory), 0, 0]);
        return [.. file];
    }

    /// <summary>A checkpoint's archive: its pickle, and its storages under keys 0, 1, 2, …</summary>
    public static byte[] Checkpoint(byte[] pickle, params byte[][] storages) => Of(Parts(pickle, storages));

    public static ZipPart[] Parts(byte[] pickle, params byte[][] storages) =>
        [new("model/data.pkl", pickle), .. storages.Select((storage, key) => new ZipPart($"model/data/{key}", storage)), new("model/version", "3\n"u8.ToArray())];

    private static byte[] Common(ZipPart part, bool isWide)
    {
        var length = isWide ? -1 : (int)(part.SaidLength ?? (uint)part.Content.Length);
        return [.. UInt16(part.Flags), .. UInt16(part.Method), .. UInt32(0), .. UInt32(0), .. UInt32(length), .. UInt32(length), .. UInt16(Encoding.UTF8.GetByteCount(part.Name))];
    }

    private static byte[] UInt16(int value) => BitConverter.GetBytes((ushort)value);

    private static byte[] UInt32(int value) => BitConverter.GetBytes(value);

    private static byte[] UInt64(long value) => BitConverter.GetBytes(value);
}
