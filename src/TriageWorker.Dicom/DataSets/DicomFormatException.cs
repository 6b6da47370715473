namespace TriageWorker.Dicom;

/// <summary>Bytes that are not what the standard says, and where. A fault of whoever made them; reading again does not help.</summary>
public sealed class DicomFormatException : Exception
{
    public DicomFormatException(string what, long offset, DicomTag? tag = null, Exception? inner = null)
        : base(tag is { } t ? $"{what} (at byte {offset}, in {t})" : $"{what} (at byte {offset})", inner)
    {
        Offset = offset;
        Tag = tag;
    }

    /// <summary>Bytes from the start of the file or, for a deflated one, of the inflated data set.</summary>
    public long Offset { get; }

    /// <summary>The attribute being read.</summary>
    public DicomTag? Tag { get; }
}
