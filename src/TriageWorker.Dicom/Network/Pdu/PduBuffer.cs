using System.Buffers.Binary;
using System.Text;

namespace TriageWorker.Dicom.Network;

/// <summary>Where a PDU is put together: lengths are filled in when what they count is complete.</summary>
public sealed class PduBuffer
{
    private byte[] _bytes = new byte[512];
    private int _count;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _count);

    internal int Count => _count;

    /// <summary>Bytes that were written already, to fill in a length.</summary>
    internal Span<byte> Patch(int at, int count) => _bytes.AsSpan(at, count);

    public PduBuffer Clear()
    {
        _count = 0;
        return this;
    }

    public PduBuffer Byte(int value)
    {
        Take(1)[0] = (byte)value;
        return this;
    }

    public PduBuffer UInt16(int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Take(2), (ushort)value);
        return this;
    }

    public PduBuffer UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);
        return this;
    }

    public PduBuffer Zeros(int count)
    {
        Take(count).Clear();
        return this;
    }

    public PduBuffer Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Take(bytes.Length));
        return this;
    }

    public PduBuffer Ascii(ReadOnlySpan<char> text)
    {
        Encoding.ASCII.GetBytes(text, Take(text.Length));
        return this;
    }

    /// <summary>An AE title: 16 bytes, padded with spaces (PS3.8, 9.3.2).</summary>
    public PduBuffer AeTitle(string title) => Ascii((title.Length > 16 ? title[..16] : title).PadRight(16));

    public PduBuffer Item(byte type, string value)
    {
        var mark = BeginItem(type);
        return Ascii(value).EndItem(mark);
    }

    public int BeginItem(byte type)
    {
        Byte(type).Byte(0).UInt16(0);
        return _count;
    }

    public PduBuffer EndItem(int mark)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(mark - 2), checked((ushort)(_count - mark)));
        return this;
    }

    /// <summary>A value behind its own 16-bit length, as within sub-items (PS3.7, D.3.3).</summary>
    public PduBuffer Counted(ReadOnlySpan<byte> value) => UInt16(checked((ushort)value.Length)).Bytes(value);

    public PduBuffer Counted(string value) => UInt16(checked((ushort)value.Length)).Ascii(value);

    public int BeginPdu(PduType type)
    {
        Byte((int)type).Byte(0).UInt32(0);
        return _count;
    }

    public PduBuffer EndPdu(int mark) => PatchUInt32(mark);

    /// <summary>A presentation data value: 32-bit length, context, control byte (PS3.8, 9.3.5.1).</summary>
    public int BeginPdv(byte contextId, bool isCommand, bool isLast)
    {
        UInt32(0);
        var mark = _count;
        Byte(contextId).Byte((isCommand ? PdvFragment.CommandBit : 0) | (isLast ? PdvFragment.LastBit : 0));
        return mark;
    }

    public PduBuffer EndPdv(int mark) => PatchUInt32(mark);

    private PduBuffer PatchUInt32(int mark)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_bytes.AsSpan(mark - 4), (uint)(_count - mark));
        return this;
    }

    private Span<byte> Take(int count)
    {
        if (_count + count > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _count + count));
        _count += count;
        return _bytes.AsSpan(_count - count, count);
    }
}
