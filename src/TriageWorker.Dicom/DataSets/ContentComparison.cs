namespace TriageWorker.Dicom;

public enum ContentVerdict
{
    /// <summary>The same attributes and the same pixels, however they are encoded.</summary>
    Same,
    OtherAttributes,
    OtherPixels,

    /// <summary>The attributes are the same; the pixels of one of them cannot be decoded here.</summary>
    NotComparable,
}

/// <summary>Whether two files are one image in two transfer syntaxes. What a transfer syntax itself changes does not count.</summary>
/// <param name="Because">A clause: which attribute differs, or why the pixels cannot be compared. No values.</param>
public sealed record ContentComparison(ContentVerdict Verdict, string Because)
{
    public static ContentComparison Of(DicomFile first, DicomFile other)
    {
        if (FirstDifference(first.Dataset, other.Dataset) is { } tag) return new(ContentVerdict.OtherAttributes, $"attribute {tag} differs");
        if (Undecodable(first) is { } a) return new(ContentVerdict.NotComparable, a);
        if (Undecodable(other) is { } b) return new(ContentVerdict.NotComparable, b);
        return SamePixels(first.Dataset, other.Dataset) ? new(ContentVerdict.Same, "the attributes and pixels are the same") : new(ContentVerdict.OtherPixels, "the pixels differ");
    }

    private static DicomTag? FirstDifference(DicomDataset first, DicomDataset other)
    {
        using var left = first.Where(Counts).GetEnumerator();
        using var right = other.Where(Counts).GetEnumerator();
        while (true)
        {
            var (isLeft, isRight) = (left.MoveNext(), right.MoveNext());
            if (!isLeft && !isRight) return null;
            if (!isLeft || !isRight) return (isLeft ? left : right).Current.Tag;
            if (left.Current.Tag != right.Current.Tag) return left.Current.Tag < right.Current.Tag ? left.Current.Tag : right.Current.Tag;
            if (Difference(left.Current, right.Current) is { } tag) return tag;
        }
    }

    private static DicomTag? Difference(DicomElement first, DicomElement other)
    {
        if (first.Items.Count != other.Items.Count) return first.Tag;
        for (var i = 0; i < first.Items.Count; i++)
            if (FirstDifference(first.Items[i], other.Items[i]) is { } tag) return tag;
        return first.Items.Count > 0 || SameBytes(first.Bytes.Span, other.Bytes.Span) ? null : first.Tag;
    }

    // Group lengths and padding (PS3.10, 7.2), and pixel data with its offset tables, which are compared as pixels.
    private static bool Counts(DicomElement element) =>
        element.Tag.Element != 0 && element.Tag != DicomTag.DataSetTrailingPadding && element.Tag.Group != DicomTag.PixelData.Group;

    private static string? Undecodable(DicomFile file) =>
        file.Dataset.TryGet(DicomTag.PixelData, out var pixels) && pixels.IsEncapsulated && file.TransferSyntax.Uid != DicomUid.EncapsulatedUncompressedExplicitVRLittleEndian
            ? $"no decoder for {file.TransferSyntax.Name} is installed" : null;

    private static bool SamePixels(DicomDataset first, DicomDataset other)
    {
        if (HasPixels(first) != HasPixels(other)) return false;
        if (!HasPixels(first)) return true;
        var (left, right) = (PixelFrames.Of(first), PixelFrames.Of(other));
        if (left.Count != right.Count) return false;
        for (var frame = 0; frame < left.Count; frame++)
            if (!SameBytes(left[frame].Span, right[frame].Span)) return false;
        return true;
    }

    private static bool HasPixels(DicomDataset dataset) =>
        dataset.Contains(DicomTag.PixelData) || dataset.Contains(DicomTag.FloatPixelData) || dataset.Contains(DicomTag.DoubleFloatPixelData);

    // A value of odd length is padded, or was not (PS3.5, 6.2).
    private static bool SameBytes(ReadOnlySpan<byte> first, ReadOnlySpan<byte> other)
    {
        if (first.Length == other.Length) return first.SequenceEqual(other);
        var longer = first.Length > other.Length ? first : other;
        var shorter = first.Length > other.Length ? other : first;
        return longer.Length == shorter.Length + 1 && longer[^1] is 0 or (byte)' ' && longer[..^1].SequenceEqual(shorter);
    }
}
