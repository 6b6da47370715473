using System.Buffers.Binary;

namespace TriageWorker.Dicom.Network;

/// <summary>Walks values that stand behind 16-bit lengths of their own (PS3.7, D.3.3). Copies nothing, throws nothing.</summary>
internal ref struct CountedReader(ReadOnlySpan<byte> bytes)
{
    public ReadOnlySpan<byte> Rest { get; private set; } = bytes;

    public bool TryValue(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!BinaryPrimitives.TryReadUInt16BigEndian(Rest, out var length) || length > Rest.Length - sizeof(ushort)) return false;
        value = Rest.Slice(sizeof(ushort), length);
        Rest = Rest[(sizeof(ushort) + length)..];
        return true;
    }

    public bool TryUid(out string uid)
    {
        uid = "";
        return TryValue(out var value) && PduText.TryUid(value, out uid);
    }
}
