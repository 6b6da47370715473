namespace TriageWorker.Dicom.Json;

/// <summary>What goes by reference, and what Specific Character Set says.</summary>
public sealed record DicomJsonWriteOptions
{
    public static DicomJsonWriteOptions Default { get; } = new();

    /// <summary>
    /// Asked for each value of more than <see cref="InlineUpTo"/> bytes that may go by reference (PS3.18, F.2.2), with its path
    /// (<c>00081115[0].00081150</c>): the address at which the reader finds it, or null to write it inline. A deferred value
    /// (<see cref="DicomElement.IsDeferred"/>) is read from its file only when it goes inline.
    /// </summary>
    public Func<string, DicomElement, Uri?>? BulkDataUri { get; init; }

    /// <summary>Bytes that are written inline without asking. Compressed pixel data is always asked for: it has no inline form.</summary>
    public long InlineUpTo { get; init; } = 1024;

    /// <summary>
    /// Specific Character Set (0008,0005) stays what the source declared, as PS3.18, F.2.2, note 3, has it since 2025. Otherwise
    /// a declared one becomes ISO_IR 192, as older readers expect, who take it for the encoding of the text before them: UTF-8 (decision 11).
    /// </summary>
    public bool KeepSpecificCharacterSet { get; init; }
}
