using System.Buffers.Binary;

namespace TriageWorker.Dicom.Network;

/// <summary>Writes the elements of one command set, implicit VR little endian, behind their group length. Empty values are left out.</summary>
internal readonly struct CommandWriter
{
    private const int HeaderSize = 8; // group, element, 32-bit length

    private readonly PduBuffer _to;
    private readonly int _start;

    private CommandWriter(PduBuffer to, int start) => (_to, _start) = (to, start);

    public static CommandWriter Begin(PduBuffer to)
    {
        new CommandWriter(to, 0).Header(CommandTag.GroupLength, sizeof(uint));
        to.Zeros(sizeof(uint));
        return new CommandWriter(to, to.Count);
    }

    public void Number(ushort element, ushort value)
    {
        Header(element, sizeof(ushort));
        _to.Byte(value & 0xFF).Byte(value >> 8);
    }

    public void Uid(ushort element, string uid) => Text(element, uid, padding: 0);

    public void Text(ushort element, string text) => Text(element, text, padding: ' ');

    public void End() => BinaryPrimitives.WriteUInt32LittleEndian(_to.Patch(_start - sizeof(uint), sizeof(uint)), (uint)(_to.Count - _start));

    private void Text(ushort element, string text, int padding)
    {
        if (text.Length == 0) return;
        Header(element, text.Length + (text.Length & 1));
        _to.Ascii(text);
        if (text.Length % 2 == 1) _to.Byte(padding);
    }

    private void Header(ushort element, int length)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        header.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], element);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)length);
        _to.Bytes(header);
    }
}
