using System.Buffers.Binary;
using System.Text;

namespace TriageWorker.Dicom.Network;

/// <summary>A DIMSE command set: a few elements of group 0000, always implicit VR little endian (PS3.7, 6.3.1).</summary>
public sealed record CommandSet
{
    private const ushort GroupLength = 0x0000, AffectedSopClass = 0x0002, FieldElement = 0x0100, MessageIdElement = 0x0110,
        MessageIdRespondedTo = 0x0120, PriorityElement = 0x0700, DataSetTypeElement = 0x0800,
        StatusElement = 0x0900, ErrorCommentElement = 0x0902, AffectedSopInstance = 0x1000;

    /// <summary>PS3.7, annex E.1: this value of Command Data Set Type says that no data set follows.</summary>
    private const ushort NoDataSet = 0x0101;

    private const int HeaderSize = 8; // group, element, 32-bit length

    public required CommandField Field { get; init; }

    /// <summary>The id of this request, or of the request this responds to.</summary>
    public required ushort MessageId { get; init; }

    public string AffectedSopClassUid { get; init; } = "";

    public string AffectedSopInstanceUid { get; init; } = "";

    public bool HasDataSet { get; init; }

    public DimseStatus Status { get; init; }

    /// <summary>A few words for the peer's log; at most 64 characters (LO).</summary>
    public string ErrorComment { get; init; } = "";

    private bool IsResponse => ((int)Field & 0x8000) != 0;

    /// <returns>False when an element does not fit, or the field, message id or data set type is absent.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out CommandSet? command)
    {
        command = null;
        ushort? field = null, messageId = null, respondedTo = null, dataSetType = null, status = null;
        string sopClass = "", sopInstance = "", comment = "";
        for (var rest = bytes; !rest.IsEmpty;)
        {
            if (rest.Length < HeaderSize) return false;
            var group = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            var element = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            if (group != 0 || length > (uint)(rest.Length - HeaderSize)) return false;
            var value = rest.Slice(HeaderSize, (int)length);
            rest = rest[(HeaderSize + (int)length)..];
            switch (element)
            {
                case AffectedSopClass: sopClass = PduText.Trimmed(value); break;
                case AffectedSopInstance: sopInstance = PduText.Trimmed(value); break;
                case ErrorCommentElement: comment = PduText.Trimmed(value); break;
                case FieldElement: if (!TryNumber(value, out field)) return false; break;
                case MessageIdElement: if (!TryNumber(value, out messageId)) return false; break;
                case MessageIdRespondedTo: if (!TryNumber(value, out respondedTo)) return false; break;
                case DataSetTypeElement: if (!TryNumber(value, out dataSetType)) return false; break;
                case StatusElement: if (!TryNumber(value, out status)) return false; break;
            }
        }

        if (field is null || dataSetType is null || (messageId ?? respondedTo) is not { } id) return false;
        command = new CommandSet
        {
            Field = (CommandField)field.Value,
            MessageId = (field.Value & 0x8000) != 0 ? respondedTo ?? id : id,
            AffectedSopClassUid = sopClass,
            AffectedSopInstanceUid = sopInstance,
            ErrorComment = comment,
            HasDataSet = dataSetType != NoDataSet,
            Status = new DimseStatus(status ?? 0),
        };
        return true;
    }

    /// <summary>Writes the set as one P-DATA-TF with one last command fragment.</summary>
    public void Write(PduBuffer to, byte contextId)
    {
        var set = Encode();
        var pdu = to.BeginPdu(PduType.Data);
        var value = to.BeginPdv(contextId, isCommand: true, isLast: true);
        to.Bytes(set).EndPdv(value).EndPdu(pdu);
    }

    /// <summary>The set's bytes, elements in ascending order behind their group length.</summary>
    public ReadOnlySpan<byte> Encode()
    {
        var set = new PduBuffer();
        Uid(set, AffectedSopClass, AffectedSopClassUid);
        Number(set, FieldElement, (ushort)Field);
        Number(set, IsResponse ? MessageIdRespondedTo : MessageIdElement, MessageId);
        if (Field == CommandField.StoreRequest) Number(set, PriorityElement, 0);
        Number(set, DataSetTypeElement, HasDataSet ? (ushort)0x0000 : NoDataSet);
        if (IsResponse) Number(set, StatusElement, Status.Code);
        if (ErrorComment.Length > 0) Text(set, ErrorCommentElement, ErrorComment.Length > 64 ? ErrorComment[..64] : ErrorComment, ' ');
        Uid(set, AffectedSopInstance, AffectedSopInstanceUid);

        var whole = new PduBuffer();
        Header(whole, GroupLength, 4);
        whole.Bytes(BitConverter.GetBytes((uint)set.Written.Length)).Bytes(set.Written.Span);
        return whole.Written.Span;
    }

    private static bool TryNumber(ReadOnlySpan<byte> value, out ushort? number)
    {
        number = value.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(value) : null;
        return number is not null;
    }

    private static void Number(PduBuffer to, ushort element, ushort value)
    {
        Header(to, element, 2);
        to.Byte(value & 0xFF).Byte(value >> 8);
    }

    private static void Uid(PduBuffer to, ushort element, string uid)
    {
        if (uid.Length > 0) Text(to, element, uid, '\0');
    }

    private static void Text(PduBuffer to, ushort element, string text, char padding)
    {
        var even = text.Length % 2 == 0 ? text : text + padding;
        Header(to, element, even.Length);
        to.Bytes(Encoding.ASCII.GetBytes(even));
    }

    private static void Header(PduBuffer to, ushort element, int length)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        header.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], element);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)length);
        to.Bytes(header);
    }
}
