namespace TriageWorker.Dicom.Network;

public enum ScanFaultKind
{
    None,
    /// <summary>A value is longer than the item or sequence that holds it.</summary>
    LongerThanParent,
    /// <summary>A delimiter where nothing is open, or an item where none may be (PS3.5, 7.5).</summary>
    MisplacedDelimiter,
    /// <summary>Something other than an item inside a sequence or between fragments.</summary>
    NotAnItem,
    /// <summary>An undefined length where the standard has none (PS3.5, 7.1.1).</summary>
    UndefinedLength,
    TooDeep,
    /// <summary>A value or a fragment is longer than allowed.</summary>
    ElementTooLong,
    TooManyElements,
    TooLong,
    /// <summary>Something follows the zeros that fill up the end.</summary>
    FollowsPadding,
    /// <summary>The data set ended inside an element, item or sequence.</summary>
    Truncated,
    /// <summary>The deflate stream is damaged.</summary>
    NotDeflate,
}

/// <summary>Where and why a data set could not be followed.</summary>
/// <param name="Offset">Bytes from the start of the (inflated) data set to the element, or to where it cannot go on; the same however the bytes were cut into pieces.</param>
public readonly record struct ScanFault(ScanFaultKind Kind, long Offset, uint Tag)
{
    public override string ToString() => $"{Kind} at byte {Offset}, element ({Tag >> 16:X4},{Tag & 0xFFFF:X4})";
}
