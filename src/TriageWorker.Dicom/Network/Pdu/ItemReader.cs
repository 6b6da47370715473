using System.Buffers.Binary;

namespace TriageWorker.Dicom.Network;

public enum ItemStep { End, Read, Malformed }

/// <summary>One item or sub-item of an association PDU: type, a reserved byte, 16-bit length, value.</summary>
public readonly ref struct PduItem(byte type, ReadOnlySpan<byte> value)
{
    public byte Type { get; } = type;

    public ReadOnlySpan<byte> Value { get; } = value;
}

/// <summary>Walks the items of an association PDU (PS3.8, 9.3.2). Copies nothing, throws nothing.</summary>
public ref struct ItemReader(ReadOnlySpan<byte> items)
{
    private const int HeaderSize = 4;
    private ReadOnlySpan<byte> _rest = items;

    public ItemStep Next(out PduItem item)
    {
        item = default;
        if (_rest.IsEmpty) return ItemStep.End;
        if (_rest.Length < HeaderSize) return ItemStep.Malformed;
        var length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        if (length > _rest.Length - HeaderSize) return ItemStep.Malformed;
        item = new PduItem(_rest[0], _rest.Slice(HeaderSize, length));
        _rest = _rest[(HeaderSize + length)..];
        return ItemStep.Read;
    }
}
