using System.Buffers.Binary;
using System.Numerics;
using TriageWorker.Models.Checkpoints.Pickles;

namespace TriageWorker.Models.Checkpoints;

/// <summary>
/// PyTorch's files before 1.6, which <c>torch.save</c> still writes when asked to: five pickles one after the other (a magic number, a
/// version, facts about the writing machine, the tensors, the keys of the storages), then each storage as its count and its numbers.
/// </summary>
internal static class LegacyLayout
{
    private const int LargestPickles = 16 << 20;
    private const long Version = 1001;
    private static readonly BigInteger s_magic = BigInteger.Parse("1950A86A20F9469CFC6C", System.Globalization.NumberStyles.HexNumber, provider: null);

    /// <summary>Protocol 2, then LONG1 with the ten bytes of the magic number.</summary>
    public static bool IsLegacy(ReadOnlySpan<byte> start) => start.StartsWith((ReadOnlySpan<byte>)[0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]);

    public static object? Read(CheckpointFile file)
    {
        var bytes = new PickleBytes(file, "the pickles at the beginning", file.Read(0, (int)Math.Min(file.Length, LargestPickles), "the pickles at the beginning"));
        var building = new TensorBuilding(bytes);
        if (Next() is not BigInteger magic || magic != s_magic) throw bytes.Fault("is not the magic number of PyTorch");
        if (Next() is not Version) throw bytes.Fault($"is not version {Version} of this layout");
        if (Next() is not PickleDictionary machine || machine["little_endian"] is not bool isLittleEndian) throw bytes.Fault("does not say in which order bytes stand");
        var value = Next();
        if (Next() is not PickleList keys || keys.Items.Any(key => key is not string)) throw bytes.Fault("is not the list of storages");
        Locate(file, [.. keys.Items.Cast<string>()], building.Storages, bytes.Position, !isLittleEndian);
        return value;

        object? Next() => new Unpickler(bytes, building).Read();
    }

    private static void Locate(CheckpointFile file, string[] keys, IReadOnlyDictionary<string, StoredNumbers> storages, long at, bool isBigEndian)
    {
        foreach (var key in keys)
        {
            if (!storages.TryGetValue(key, out var numbers)) throw file.Fault($"storage {key}", "is listed and no tensor refers to it");
            if (numbers.Offset >= 0) throw file.Fault($"storage {key}", "is listed twice");
            var counted = file.Read(at, sizeof(long), $"the count of storage {key}");
            var count = isBigEndian ? BinaryPrimitives.ReadInt64BigEndian(counted) : BinaryPrimitives.ReadInt64LittleEndian(counted);
            if (count != numbers.Count) throw file.Fault($"storage {key}", $"has {count} numbers and should have {numbers.Count}");
            numbers.Offset = at + sizeof(long);
            numbers.IsBigEndian = isBigEndian;
            at = numbers.Offset + numbers.Bytes;
            if (at > file.Length || at < 0) throw file.Fault($"storage {key}", $"of {numbers.Bytes} bytes does not lie in the file, which has {file.Length}; it was cut or not wholly copied");
        }

        if (storages.Values.FirstOrDefault(numbers => numbers.Offset < 0) is { } missing) throw file.Fault($"storage {missing.Key}", "is referred to and not in the file");
        if (at != file.Length) throw file.Fault($"byte {at}", $"is where the last storage ends, and {file.Length - at} more bytes follow");
    }
}
