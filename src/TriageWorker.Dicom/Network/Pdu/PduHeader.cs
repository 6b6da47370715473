using System.Buffers;
using System.Buffers.Binary;

namespace TriageWorker.Dicom.Network;

public enum PduStep
{
    /// <summary>More bytes are needed to say anything.</summary>
    NeedMore,
    Read,
    /// <summary>The first byte is no PDU type: the peer does not speak the upper layer.</summary>
    Unrecognised,
}

/// <summary>The six bytes before every protocol data unit: type, a reserved byte, body length (PS3.8, 9.3.1).</summary>
public readonly record struct PduHeader(PduType Type, uint Length)
{
    public const int Size = 6;

    public static PduStep TryRead(in ReadOnlySequence<byte> buffer, out PduHeader header)
    {
        header = default;
        if (buffer.IsEmpty) return PduStep.NeedMore;
        var type = buffer.FirstSpan[0];
        // Said at the first byte, so that an HTTP client does not have to send six to be turned away.
        if (type is < (byte)PduType.AssociateRequest or > (byte)PduType.Abort) return PduStep.Unrecognised;
        if (buffer.Length < Size) return PduStep.NeedMore;
        Span<byte> bytes = stackalloc byte[Size];
        buffer.Slice(0, Size).CopyTo(bytes);
        header = new PduHeader((PduType)type, BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));
        return PduStep.Read;
    }
}
