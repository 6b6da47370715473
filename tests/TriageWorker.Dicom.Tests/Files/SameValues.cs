namespace TriageWorker.Dicom.Tests.Files;

/// <summary>Compares data sets value by value.</summary>
internal static class SameValues
{
    /// <returns>The first difference, or null.</returns>
    /// <param name="evenLengths">A value of odd length may have got its padding.</param>
    /// <param name="withVr">False where the other one comes from implicit VR, which does not say it.</param>
    internal static string? Difference(DicomDataset one, DicomDataset other, bool evenLengths = false, bool withVr = true)
    {
        var (left, right) = (one.Where(element => !element.Tag.IsGroupLength).ToList(), other.Where(element => !element.Tag.IsGroupLength).ToList());
        if (left.Count != right.Count) return $"{left.Count} attributes and {right.Count}";
        for (var i = 0; i < left.Count; i++)
            if (Difference(left[i], right[i], evenLengths, withVr) is { } difference)
                return $"{left[i].Tag} {left[i].VR}: {difference}";
        return null;
    }

    private static string? Difference(DicomElement one, DicomElement other, bool evenLengths, bool withVr)
    {
        if (one.Tag != other.Tag) return $"not {other.Tag}";
        if (withVr && one.VR != other.VR) return $"not {other.VR}";
        if (one.Items.Count != other.Items.Count || one.Fragments.Count != other.Fragments.Count) return "not as many items";
        for (var i = 0; i < one.Items.Count; i++)
            if (Difference(one.Items[i], other.Items[i], evenLengths, withVr) is { } below)
                return $"item {i}: {below}";
        for (var i = 0; i < one.Fragments.Count; i++)
            if (!AreSame(one.Fragments[i].Bytes.Span, other.Fragments[i].Bytes.Span, evenLengths))
                return $"fragment {i}";
        return AreSame(one.Bytes.Span, other.Bytes.Span, evenLengths) ? null : "another value";
    }

    private static bool AreSame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, bool evenLengths) =>
        one.SequenceEqual(other) || (evenLengths && one.Length % 2 == 1 && other.Length == one.Length + 1 && other[..^1].SequenceEqual(one));
}
