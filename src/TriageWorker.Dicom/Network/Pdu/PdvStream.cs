using System.Buffers;
using System.Buffers.Binary;

namespace TriageWorker.Dicom.Network;

public enum PdvStep
{
    /// <summary>The bytes so far are used up; the PDU goes on.</summary>
    NeedMore,
    Read,
    EndOfPdu,
    Malformed,
}

/// <summary>A piece of a presentation data value, as long as the bytes at hand: a value need not arrive whole to be passed on.</summary>
/// <param name="EndsValue">True for the piece that completes its presentation data value.</param>
public readonly record struct PdvFragment(byte ContextId, byte Control, bool EndsValue, ReadOnlySequence<byte> Bytes)
{
    // PS3.8, annex E.2: message control header.
    internal const int CommandBit = 0b01, LastBit = 0b10;

    public bool IsCommand => (Control & CommandBit) != 0;

    /// <summary>True when this piece completes the command set or the data set.</summary>
    public bool EndsMessagePart => EndsValue && (Control & LastBit) != 0;
}

/// <summary>Walks the presentation data values of P-DATA-TF bodies as their bytes arrive (PS3.8, 9.3.5). Copies nothing, throws nothing.</summary>
public struct PdvStream
{
    private const int LengthSize = 4, HeaderSize = 2; // header: context id, control byte
    private uint _pduLeft, _valueLeft;
    private byte _contextId, _control;
    private bool _inValue;

    public readonly bool IsInsidePdu => _pduLeft > 0;

    /// <summary>Starts with the body of the P-DATA-TF whose header was just read.</summary>
    public void Begin(PduHeader header) => _pduLeft = header.Length;

    /// <summary>Takes the next piece from the front of <paramref name="buffer"/>.</summary>
    public PdvStep Next(ref ReadOnlySequence<byte> buffer, out PdvFragment fragment)
    {
        fragment = default;
        if (!_inValue)
        {
            if (_pduLeft == 0) return PdvStep.EndOfPdu;
            if (_pduLeft < LengthSize + HeaderSize) return PdvStep.Malformed;
            if (buffer.Length < LengthSize + HeaderSize) return PdvStep.NeedMore;
            Span<byte> head = stackalloc byte[LengthSize + HeaderSize];
            buffer.Slice(0, head.Length).CopyTo(head);
            var length = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (length < HeaderSize || length > _pduLeft - LengthSize) return PdvStep.Malformed; // the peer's word is never trusted
            (_contextId, _control, _inValue) = (head[4], head[5], true);
            _valueLeft = length - HeaderSize;
            _pduLeft -= (uint)head.Length;
            buffer = buffer.Slice(head.Length);
        }

        var take = (uint)Math.Min(buffer.Length, _valueLeft);
        if (take == 0 && _valueLeft > 0) return PdvStep.NeedMore;
        _valueLeft -= take;
        _pduLeft -= take;
        _inValue = _valueLeft > 0;
        fragment = new PdvFragment(_contextId, _control, !_inValue, buffer.Slice(0, take));
        buffer = buffer.Slice(take);
        return PdvStep.Read;
    }
}
