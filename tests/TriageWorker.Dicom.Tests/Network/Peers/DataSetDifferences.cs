namespace TriageWorker.Dicom.Tests.Network;

/// <summary>Where two data sets hold other bytes, whatever they are encoded in. What every encoder makes anew is no difference: group lengths and padding at the end.</summary>
internal static class DataSetDifferences
{
    private static readonly DicomTag s_padding = new(0xFFFC, 0xFFFC);

    public static IEnumerable<string> Between(DicomDataset left, DicomDataset right, string path = "")
    {
        foreach (var tag in left.Concat(right).Select(element => element.Tag).Distinct().Where(tag => !tag.IsGroupLength && tag != s_padding))
        {
            var here = $"{path}{tag}";
            if (!left.TryGet(tag, out var a) || !right.TryGet(tag, out var b)) yield return $"{here} stands on one side only";
            else foreach (var difference in Between(a, b, here)) yield return difference;
        }
    }

    private static IEnumerable<string> Between(DicomElement left, DicomElement right, string here)
    {
        if (left.Items.Count != right.Items.Count || left.Fragments.Count != right.Fragments.Count)
        {
            yield return $"{here} has another number of parts";
            yield break;
        }

        if (!Even(left).AsSpan().SequenceEqual(Even(right))) yield return $"{here} has another value";
        for (var i = 0; i < left.Fragments.Count; i++)
            if (!left.Fragments[i].Bytes.Span.SequenceEqual(right.Fragments[i].Bytes.Span)) yield return $"{here} has another fragment {i}";
        for (var i = 0; i < left.Items.Count; i++)
            foreach (var difference in Between(left.Items[i], right.Items[i], $"{here}[{i}].")) yield return difference;
    }

    private static byte[] Even(DicomElement element) => element.Bytes.Length % 2 == 0 ? element.Bytes.ToArray() : [.. element.Bytes.Span, element.VR.Padding];
}
