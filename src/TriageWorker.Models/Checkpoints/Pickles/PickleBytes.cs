using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace TriageWorker.Models.Checkpoints.Pickles;

/// <summary>Reads numbers and text of a pickle, one after the other. A cut one is a fault with its place.</summary>
/// <param name="entry">What a fault is said to be in.</param>
/// <param name="start">Where the bytes begin in that.</param>
internal sealed class PickleBytes(CheckpointFile file, string entry, ReadOnlyMemory<byte> bytes, long start = 0)
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private int _at, _opcodeAt;

    /// <summary>How many bytes were read.</summary>
    public int Position => _at;

    public byte Opcode()
    {
        _opcodeAt = _at;
        return Byte();
    }

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public void SkipFrameLength() => Take(sizeof(ulong));

    public double DoubleBigEndian() => BinaryPrimitives.ReadDoubleBigEndian(Take(sizeof(double)));

    /// <summary>A signed number of any length, as LONG1 writes it; a number that fits is a long.</summary>
    public object Integer(int length)
    {
        var value = new BigInteger(Take(length));
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
    }

    public string Text(uint length)
    {
        try
        {
            return s_utf8.GetString(Take(length));
        }
        catch (DecoderFallbackException)
        {
            throw Fault("holds text that is no UTF-8");
        }
    }

    /// <summary>Up to the next line feed.</summary>
    public string Line()
    {
        var length = bytes.Span[_at..].IndexOf((byte)'\n');
        if (length < 0) throw Fault("ends in the middle of a name");
        var line = Text((uint)length);
        _at++;
        return line;
    }

    public CheckpointException Fault(string what) => file.Fault($"{entry}, byte {start + _opcodeAt}", what);

    private ReadOnlySpan<byte> Take(uint length)
    {
        if (length > (uint)(bytes.Length - _at)) throw Fault("the pickle ends too early; it was cut or is no pickle");
        var taken = bytes.Span.Slice(_at, (int)length);
        _at += (int)length;
        return taken;
    }

    private ReadOnlySpan<byte> Take(int length) => Take((uint)length);
}
