namespace TriageWorker.Dicom.Dictionary;

internal static class Lines
{
    /// <summary>The line of a text table that begins at an offset, without its end.</summary>
    internal static ReadOnlySpan<byte> At(ReadOnlySpan<byte> text, int offset)
    {
        var rest = text[offset..];
        return rest[..rest.IndexOf((byte)'\n')];
    }
}
