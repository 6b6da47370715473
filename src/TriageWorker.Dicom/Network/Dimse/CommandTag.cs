namespace TriageWorker.Dicom.Network;

/// <summary>The elements of group 0000 that are spoken here (PS3.7, annex E.1).</summary>
internal static class CommandTag
{
    public const ushort GroupLength = 0x0000;
    public const ushort AffectedSopClassUid = 0x0002;
    public const ushort RequestedSopClassUid = 0x0003;
    public const ushort Field = 0x0100;
    public const ushort MessageId = 0x0110;
    public const ushort MessageIdRespondedTo = 0x0120;
    public const ushort MoveDestination = 0x0600;
    public const ushort Priority = 0x0700;
    public const ushort DataSetType = 0x0800;
    public const ushort Status = 0x0900;
    public const ushort ErrorComment = 0x0902;
    public const ushort AffectedSopInstanceUid = 0x1000;
    public const ushort RequestedSopInstanceUid = 0x1001;
    public const ushort EventTypeId = 0x1002;
    public const ushort ActionTypeId = 0x1008;
    public const ushort Remaining = 0x1020;
    public const ushort Completed = 0x1021;
    public const ushort Failed = 0x1022;
    public const ushort Warning = 0x1023;
    public const ushort MoveOriginatorAe = 0x1030;
    public const ushort MoveOriginatorMessageId = 0x1031;
}
