using System.Buffers.Binary;
using System.Text;

namespace TriageWorker.Models.Checkpoints;

/// <summary>One entry of the archive: where its bytes lie in the file.</summary>
/// <param name="Start">Where its header begins.</param>
/// <param name="Crc">CRC-32 of its bytes; 0 where the writer left it out.</param>
internal readonly record struct ZipEntry(string Name, long Start, long Offset, long Length, uint Crc)
{
    public long End => Offset + Length;
}

/// <summary>
/// The directory of a zip archive as PyTorch writes it (APPNOTE 4.3, zip64 too): every entry stored, none compressed or encrypted, so
/// that an entry is a stretch of the file and nothing can be larger than it. Entries lie apart from each other and have names of their own.
/// </summary>
internal sealed class ZipEntries
{
    private const uint LocalSignature = 0x04034b50, EntrySignature = 0x02014b50, EndSignature = 0x06054b50, Zip64EndSignature = 0x06064b50, Zip64LocatorSignature = 0x07064b50;
    private const int LocalSize = 30, EntrySize = 46, EndSize = 22, Zip64EndSize = 56, Zip64LocatorSize = 20, LongestComment = ushort.MaxValue;
    private const int MostEntries = 200_000, LargestDirectory = 64 << 20;
    private const ushort Encrypted = 1, Zip64Extra = 1;

    private readonly CheckpointFile _file;
    private readonly Dictionary<string, ZipEntry> _entries = new(StringComparer.Ordinal);

    public ZipEntries(CheckpointFile file)
    {
        _file = file;
        var (start, length, count) = Directory();
        ReadDirectory(start, _file.Read(start, length, "the archive's directory"), count);
        RefuseOverlaps();
    }

    public IReadOnlyCollection<ZipEntry> All => _entries.Values;

    public ZipEntry? Find(string name) => _entries.TryGetValue(name, out var entry) ? entry : null;

    private (long Start, int Length, int Count) Directory()
    {
        var tailLength = (int)Math.Min(_file.Length, EndSize + LongestComment);
        var tailStart = _file.Length - tailLength;
        var tail = _file.Read(tailStart, tailLength, "the archive's end");
        for (var at = tailLength - EndSize; at >= 0; at--)
        {
            var end = tail.AsSpan(at);
            if (UInt32(end) != EndSignature || UInt16(end[20..]) != end.Length - EndSize) continue;
            var (count, length, start) = Zip64(tailStart + at) ?? (UInt16(end[10..]), UInt32(end[12..]), UInt32(end[16..]));
            if (count > MostEntries) throw _file.Fault("the archive's directory", $"names {count} entries; more than {MostEntries} are not read");
            if (length > LargestDirectory) throw _file.Fault("the archive's directory", $"is {length} bytes long; more than {LargestDirectory} are not read");
            if (start > (ulong)(tailStart + at) || start + length > (ulong)(tailStart + at)) throw _file.Fault("the archive's directory", "does not lie before the archive's end");
            return ((long)start, (int)length, (int)count);
        }

        throw _file.Fault("the archive", "has no end record; the file was cut or not wholly copied");
    }

    private (ulong Count, ulong Length, ulong Start)? Zip64(long endAt)
    {
        if (endAt < Zip64LocatorSize) return null;
        var locator = _file.Read(endAt - Zip64LocatorSize, Zip64LocatorSize, "the archive's zip64 locator").AsSpan();
        if (UInt32(locator) != Zip64LocatorSignature) return null;
        var at = UInt64(locator[8..]);
        if (at > (ulong)endAt) throw _file.Fault("the archive's zip64 locator", "points past the archive's end");
        var end = _file.Read((long)at, Zip64EndSize, "the archive's zip64 end").AsSpan();
        if (UInt32(end) != Zip64EndSignature) throw _file.Fault("the archive's zip64 locator", "points at something else");
        return (UInt64(end[32..]), UInt64(end[40..]), UInt64(end[48..]));
    }

    private void ReadDirectory(long start, ReadOnlySpan<byte> directory, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (directory.Length < EntrySize || UInt32(directory) != EntrySignature) throw _file.Fault($"entry {i} of the archive's directory", "is cut or no entry");
            int nameLength = UInt16(directory[28..]), extraLength = UInt16(directory[30..]), whole = EntrySize + nameLength + extraLength + UInt16(directory[32..]);
            if (directory.Length < whole) throw _file.Fault($"entry {i} of the archive's directory", "is cut");
            var name = Encoding.UTF8.GetString(directory.Slice(EntrySize, nameLength));
            var entry = Located(name, start, directory, directory.Slice(EntrySize + nameLength, extraLength));
            if (!_entries.TryAdd(name, entry)) throw _file.Fault($"entry {name}", "stands twice in the archive");
            directory = directory[whole..];
        }
    }

    private ZipEntry Located(string name, long directoryStart, ReadOnlySpan<byte> entry, ReadOnlySpan<byte> extra)
    {
        if ((UInt16(entry[8..]) & Encrypted) != 0) throw _file.Fault($"entry {name}", "is encrypted");
        if (UInt16(entry[10..]) != 0) throw _file.Fault($"entry {name}", "is compressed; PyTorch stores entries as they are, so this archive was packed by something else");
        ulong size = UInt32(entry[24..]), stored = UInt32(entry[20..]), local = UInt32(entry[42..]);
        var wide = WideFields(extra);
        if (size == uint.MaxValue) size = Wide(name, ref wide);
        if (stored == uint.MaxValue) stored = Wide(name, ref wide);
        if (local == uint.MaxValue) local = Wide(name, ref wide);
        if (size != stored) throw _file.Fault($"entry {name}", $"is said to be {size} bytes long and to take {stored}, and is not compressed");
        if (local > (ulong)directoryStart) throw _file.Fault($"entry {name}", "is said to lie behind the archive's directory");
        var header = _file.Read((long)local, LocalSize, $"the header of entry {name}").AsSpan();
        if (UInt32(header) != LocalSignature) throw _file.Fault($"entry {name}", $"has no header at byte {local}");
        var nameLength = UInt16(header[26..]);
        if (Encoding.UTF8.GetString(_file.Read((long)local + LocalSize, nameLength, $"the name of entry {name}")) != name) throw _file.Fault($"entry {name}", "has another name in its header");
        var offset = (long)local + LocalSize + nameLength + UInt16(header[28..]);
        if (offset > directoryStart || size > (ulong)(directoryStart - offset)) throw _file.Fault($"entry {name}", $"of {size} bytes does not lie before the archive's directory");
        return new ZipEntry(name, (long)local, offset, (long)size, UInt32(entry[16..]));
    }

    /// <summary>The 64-bit fields of the zip64 extra (APPNOTE 4.5.3), empty where there is none.</summary>
    private static ReadOnlySpan<byte> WideFields(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            var length = Math.Min((int)UInt16(extra[2..]), extra.Length - 4);
            if (UInt16(extra) == Zip64Extra) return extra.Slice(4, length);
            extra = extra[(4 + length)..];
        }

        return [];
    }

    private ulong Wide(string name, ref ReadOnlySpan<byte> fields)
    {
        if (fields.Length < sizeof(ulong)) throw _file.Fault($"entry {name}", "lacks its 64-bit sizes");
        var value = UInt64(fields);
        fields = fields[sizeof(ulong)..];
        return value;
    }

    private void RefuseOverlaps()
    {
        var last = new ZipEntry("", 0, 0, 0, 0);
        foreach (var entry in _entries.Values.OrderBy(entry => entry.Start).ThenBy(entry => entry.End))
        {
            if (entry.Start < last.End) throw _file.Fault($"entry {entry.Name}", $"lies over entry {last.Name}");
            last = entry;
        }
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static ulong UInt64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}
