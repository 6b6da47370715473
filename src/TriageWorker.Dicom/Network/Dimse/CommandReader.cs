using System.Buffers.Binary;

namespace TriageWorker.Dicom.Network;

/// <summary>Reads a command set. A response without a status is none. Copies nothing but its short texts, throws nothing, believes no length.</summary>
internal static class CommandReader
{
    private const int HeaderSize = 8; // group, element, 32-bit length

    public static bool TryRead(ReadOnlySpan<byte> bytes, out CommandSet? command)
    {
        command = null;
        ushort? field = null, messageId = null, respondedTo = null, dataSetType = null, status = null, type = null, originatorMessage = null;
        ushort? remaining = null, completed = null, failed = null, warning = null;
        string sopClass = "", sopInstance = "", comment = "", destination = "", originator = "";
        for (var rest = bytes; !rest.IsEmpty;)
        {
            if (rest.Length < HeaderSize) return false;
            var group = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            var element = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            if (group != 0 || length > (uint)(rest.Length - HeaderSize)) return false;
            var value = rest.Slice(HeaderSize, (int)length);
            rest = rest[(HeaderSize + (int)length)..];
            var isSound = element switch
            {
                CommandTag.AffectedSopClassUid or CommandTag.RequestedSopClassUid => Text(value, out sopClass),
                CommandTag.AffectedSopInstanceUid or CommandTag.RequestedSopInstanceUid => Text(value, out sopInstance),
                CommandTag.ErrorComment => Text(value, out comment),
                CommandTag.MoveDestination => Text(value, out destination),
                CommandTag.MoveOriginatorAe => Text(value, out originator),
                CommandTag.Field => Number(value, out field),
                CommandTag.MessageId => Number(value, out messageId),
                CommandTag.MessageIdRespondedTo => Number(value, out respondedTo),
                CommandTag.DataSetType => Number(value, out dataSetType),
                CommandTag.Status => Number(value, out status),
                CommandTag.EventTypeId or CommandTag.ActionTypeId => Number(value, out type),
                CommandTag.MoveOriginatorMessageId => Number(value, out originatorMessage),
                CommandTag.Remaining => Number(value, out remaining),
                CommandTag.Completed => Number(value, out completed),
                CommandTag.Failed => Number(value, out failed),
                CommandTag.Warning => Number(value, out warning),
                _ => true,
            };
            if (!isSound) return false;
        }

        if (field is null || dataSetType is null || (messageId ?? respondedTo) is not { } id) return false;
        if ((field.Value & CommandSet.ResponseBit) != 0 && status is null) return false; // no status is no success
        var answers = (field.Value & CommandSet.ResponseBit) != 0 || field.Value == (ushort)CommandField.CancelRequest;
        command = new CommandSet
        {
            Field = (CommandField)field.Value,
            MessageId = answers ? respondedTo ?? id : id,
            AffectedSopClassUid = sopClass,
            AffectedSopInstanceUid = sopInstance,
            ErrorComment = comment,
            MoveDestination = destination,
            MoveOriginatorAe = originator,
            MoveOriginatorMessageId = originatorMessage,
            TypeId = type,
            SubOperations = completed is null && remaining is null ? null : new SubOperations(remaining ?? 0, completed ?? 0, failed ?? 0, warning ?? 0),
            HasDataSet = dataSetType != CommandSet.NoDataSet,
            Status = new DimseStatus(status ?? 0),
        };
        return true;
    }

    private static bool Text(ReadOnlySpan<byte> value, out string text)
    {
        text = PduText.Trimmed(value);
        return true;
    }

    private static bool Number(ReadOnlySpan<byte> value, out ushort? number)
    {
        number = value.Length == sizeof(ushort) ? BinaryPrimitives.ReadUInt16LittleEndian(value) : null;
        return number is not null;
    }
}
