namespace TriageWorker.Dicom;

/// <summary>What a file does that the standard does not allow and that nothing was lost by.</summary>
/// <param name="Tag">The attribute that it is about, when there is one.</param>
/// <param name="Offset">Bytes from the start of the file or, for a deflated one, of the inflated data set.</param>
/// <param name="Message">The same in words, without any value of the file.</param>
public sealed record DicomRemark(DicomRemarkKind Kind, DicomTag? Tag, long Offset, string Message)
{
    public override string ToString() => Tag is { } tag ? $"{Message} (at byte {Offset}, in {tag})" : $"{Message} (at byte {Offset})";
}
