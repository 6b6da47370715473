namespace TriageWorker.Dicom.Network;

/// <summary>A DIMSE command set: a few elements of group 0000, always implicit VR little endian (PS3.7, 6.3.1 and annex E).</summary>
public sealed record CommandSet
{
    /// <summary>PS3.7, annex E.1: this value of Command Data Set Type says that no data set follows.</summary>
    internal const ushort NoDataSet = 0x0101;

    internal const int ResponseBit = 0x8000;
    private const int MaxComment = 64; // LO

    public required CommandField Field { get; init; }

    /// <summary>The id of this request, or of the request this responds to or cancels.</summary>
    public required ushort MessageId { get; init; }

    /// <summary>Affected SOP Class UID; of N-ACTION the Requested SOP Class UID.</summary>
    public string AffectedSopClassUid { get; init; } = "";

    /// <summary>Affected SOP Instance UID; of N-ACTION the Requested SOP Instance UID.</summary>
    public string AffectedSopInstanceUid { get; init; } = "";

    public bool HasDataSet { get; init; }

    public DimseStatus Status { get; init; }

    /// <summary>A few words for the peer's log; at most 64 characters (LO).</summary>
    public string ErrorComment { get; init; } = "";

    /// <summary>C-MOVE: where to.</summary>
    public string MoveDestination { get; init; } = "";

    /// <summary>C-STORE on behalf of a C-MOVE: whose, and which.</summary>
    public string MoveOriginatorAe { get; init; } = "";

    public ushort? MoveOriginatorMessageId { get; init; }

    /// <summary>N-ACTION: Action Type ID; N-EVENT-REPORT: Event Type ID.</summary>
    public ushort? TypeId { get; init; }

    /// <summary>C-MOVE responses.</summary>
    public SubOperations? SubOperations { get; init; }

    public bool IsResponse => ((int)Field & ResponseBit) != 0;

    /// <summary>The response to this request, of the same instance.</summary>
    public CommandSet Response(DimseStatus status, string comment = "") => new()
    {
        Field = (CommandField)((int)Field | ResponseBit),
        MessageId = MessageId,
        AffectedSopClassUid = AffectedSopClassUid,
        AffectedSopInstanceUid = AffectedSopInstanceUid,
        TypeId = TypeId,
        Status = status,
        ErrorComment = comment,
    };

    /// <returns>False when an element does not fit, or the field, message id or data set type is absent.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out CommandSet? command) => CommandReader.TryRead(bytes, out command);

    /// <summary>Writes the set as P-DATA-TF, in as many as the peer's longest body makes of it: mostly one.</summary>
    /// <param name="maxPduLength">Of a body, in bytes.</param>
    public void Write(PduBuffer to, byte contextId, uint maxPduLength = uint.MaxValue)
    {
        const int ValueHeader = 6; // length 4, context id, control byte
        var set = new PduBuffer();
        Encode(set);
        var rest = set.Written.Span;
        var room = (int)Math.Min(maxPduLength - ValueHeader, int.MaxValue) & ~1;
        do
        {
            var piece = rest[..Math.Min(room, rest.Length)];
            rest = rest[piece.Length..];
            var pdu = to.BeginPdu(PduType.Data);
            var value = to.BeginPdv(contextId, isCommand: true, isLast: rest.IsEmpty);
            to.Bytes(piece).EndPdv(value).EndPdu(pdu);
        }
        while (!rest.IsEmpty);
    }

    /// <summary>The set's bytes, elements in ascending order behind their group length.</summary>
    public void Encode(PduBuffer to)
    {
        // Only a request to act asks for an instance that exists; all else names an affected one (PS3.7, 10.3).
        var isAction = Field == CommandField.ActionRequest;
        var isEvent = Field is CommandField.EventReportRequest or CommandField.EventReportResponse;
        var set = CommandWriter.Begin(to);
        set.Uid(isAction ? CommandTag.RequestedSopClassUid : CommandTag.AffectedSopClassUid, AffectedSopClassUid);
        set.Number(CommandTag.Field, (ushort)Field);
        set.Number(IsResponse || Field == CommandField.CancelRequest ? CommandTag.MessageIdRespondedTo : CommandTag.MessageId, MessageId);
        set.Text(CommandTag.MoveDestination, MoveDestination);
        if (Field is CommandField.StoreRequest or CommandField.FindRequest or CommandField.MoveRequest) set.Number(CommandTag.Priority, 0);
        set.Number(CommandTag.DataSetType, HasDataSet ? (ushort)0x0000 : NoDataSet);
        if (IsResponse) set.Number(CommandTag.Status, Status.Code);
        set.Text(CommandTag.ErrorComment, ErrorComment.Length > MaxComment ? ErrorComment[..MaxComment] : ErrorComment);
        set.Uid(isAction ? CommandTag.RequestedSopInstanceUid : CommandTag.AffectedSopInstanceUid, AffectedSopInstanceUid);
        if (TypeId is { } type) set.Number(isEvent ? CommandTag.EventTypeId : CommandTag.ActionTypeId, type);
        if (SubOperations is { } counts)
        {
            // The other final statuses say that nothing remains (PS3.4, C.4.2.3.1).
            if (Status.IsPending || Status == DimseStatus.Cancelled) set.Number(CommandTag.Remaining, Count(counts.Remaining));
            set.Number(CommandTag.Completed, Count(counts.Completed));
            set.Number(CommandTag.Failed, Count(counts.Failed));
            set.Number(CommandTag.Warning, Count(counts.Warning));
        }

        set.Text(CommandTag.MoveOriginatorAe, MoveOriginatorAe);
        if (MoveOriginatorMessageId is { } originator) set.Number(CommandTag.MoveOriginatorMessageId, originator);
        set.End();
    }

    private static ushort Count(int count) => (ushort)Math.Clamp(count, 0, ushort.MaxValue);
}
