namespace TriageWorker.Dicom.Network;

/// <summary>The status of a DIMSE response (PS3.7, annex C; C-STORE's own in PS3.4, B.2.3).</summary>
public readonly record struct DimseStatus(ushort Code)
{
    public static readonly DimseStatus Success = new(0x0000);
    public static readonly DimseStatus ProcessingFailure = new(0x0110);
    public static readonly DimseStatus DuplicateSopInstance = new(0x0111);
    public static readonly DimseStatus NoSuchInstance = new(0x0112);
    public static readonly DimseStatus NoSuchEventType = new(0x0113);
    public static readonly DimseStatus InvalidArgumentValue = new(0x0115);
    public static readonly DimseStatus SopClassNotSupported = new(0x0122);
    public static readonly DimseStatus NotAuthorised = new(0x0124);
    public static readonly DimseStatus NoSuchAction = new(0x0123);
    public static readonly DimseStatus DuplicateInvocation = new(0x0210);
    public static readonly DimseStatus UnrecognisedOperation = new(0x0211);
    public static readonly DimseStatus MistypedArgument = new(0x0212);
    public static readonly DimseStatus ResourceLimitation = new(0x0213);
    public static readonly DimseStatus OutOfResources = new(0xA700);
    public static readonly DimseStatus DataSetDoesNotMatchSopClass = new(0xA900);
    public static readonly DimseStatus MoveDestinationUnknown = new(0xA801);
    public static readonly DimseStatus UnableToCountMatches = new(0xA701);
    public static readonly DimseStatus UnableToPerformSubOperations = new(0xA702);
    public static readonly DimseStatus SubOperationsWithFailures = new(0xB000);
    public static readonly DimseStatus CannotUnderstand = new(0xC000);
    public static readonly DimseStatus Cancelled = new(0xFE00);
    public static readonly DimseStatus Pending = new(0xFF00);

    /// <summary>Pending, and the match was made without one of the optional keys (PS3.4, table C.4-1).</summary>
    public static readonly DimseStatus PendingWithoutOptionalKeys = new(0xFF01);

    public bool IsSuccess => Code == 0x0000;

    /// <summary>The object was kept, with a remark (0x0001, 0xBxxx, 0x0107, 0x0116).</summary>
    public bool IsWarning => Code is 0x0001 or 0x0107 or 0x0116 || Code >> 12 == 0xB;

    /// <summary>More responses to the same request follow.</summary>
    public bool IsPending => Code is 0xFF00 or 0xFF01;

    public bool IsFailure => !IsSuccess && !IsWarning && !IsPending;

    /// <summary>True for failures of the receiver's state, not of the object: sending the same bytes later may succeed.</summary>
    public bool IsRetryWorthwhile => Code >> 8 == 0xA7 || Code is 0x0110 or 0x0213;

    public override string ToString() => $"0x{Code:X4} ({Text})";

    private string Text => Code switch
    {
        0x0000 => "success",
        0x0110 => "processing failure",
        0x0111 => "duplicate SOP instance",
        0x0112 => "no such SOP instance",
        0x0113 => "no such event type",
        0x0115 => "invalid argument value",
        0x0117 => "invalid SOP instance",
        0x0122 => "SOP class not supported",
        0x0124 => "not authorised",
        0x0123 => "no such action",
        0x0210 => "duplicate invocation",
        0x0211 => "unrecognised operation",
        0x0212 => "mistyped argument",
        0x0213 => "resource limitation",
        0xB000 => "warning: coercion of data elements",
        0xB006 => "warning: elements discarded",
        0xB007 => "warning: data set does not match SOP class",
        0xA701 => "unable to calculate the number of matches",
        0xA702 => "unable to perform sub-operations",
        0xA801 => "move destination unknown",
        0xFE00 => "cancelled",
        0xFF00 => "pending",
        0xFF01 => "pending, optional keys not supported",
        _ when Code >> 8 == 0xA7 => "out of resources",
        _ when Code >> 8 == 0xA9 => "data set does not match SOP class",
        _ when Code >> 12 == 0xC => "cannot understand",
        _ when IsWarning => "warning",
        _ => "failure",
    };
}
