namespace TriageWorker.Dicom;

/// <summary>One item of compressed pixel data.</summary>
/// <param name="FileOffset">Where its bytes begin in the file; -1 when it was made, or read from a deflated file.</param>
/// <param name="Bytes">Empty when <paramref name="IsDeferred"/>.</param>
public sealed record DicomFragment(long FileOffset, long Length, ReadOnlyMemory<byte> Bytes, bool IsDeferred = false)
{
    public DicomFragment(ReadOnlyMemory<byte> bytes)
        : this(-1, bytes.Length, bytes)
    {
    }
}
