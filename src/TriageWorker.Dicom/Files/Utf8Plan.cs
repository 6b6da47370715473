
namespace TriageWorker.Dicom;

/// <summary>
/// One data set has one declared character set, but its text may have come from several: written as it is when all agrees with
/// what is declared, otherwise all of it in UTF-8.
/// </summary>
internal static class Utf8Plan
{
    private const string Utf8Term = "ISO_IR 192";

    internal static DicomDataset For(DicomDataset dataset)
    {
        if (AgreesWithDeclared(dataset)) return dataset;
        return Transcode(dataset).Set(DicomTag.SpecificCharacterSet, Utf8Term);
    }

    private static bool AgreesWithDeclared(DicomDataset dataset) => dataset.All(element => element switch
    {
        { Items.Count: > 0 } => element.Items.All(AgreesWithDeclared),
        { CharacterSet: { } own } => ReferenceEquals(own, dataset.CharacterSet)
            || (own.IsUtf8For(element.Bytes.Span) && dataset.CharacterSet.IsUtf8For(element.Bytes.Span)),
        _ => true,
    });

    private static DicomDataset Transcode(DicomDataset dataset)
    {
        var copy = new DicomDataset();
        foreach (var element in dataset)
        {
            if (element.Tag == DicomTag.SpecificCharacterSet) continue;
            if (element.Items.Count > 0) copy.Set(new DicomElement(element.Tag, [.. element.Items.Select(Transcode)]));
            else copy.Set(element.VR.FollowsCharacterSet && !element.IsDeferred ? InUtf8(element, dataset) : element);
        }
        return copy;
    }

    private static DicomElement InUtf8(DicomElement element, DicomDataset dataset)
    {
        var set = element.CharacterSet ?? dataset.CharacterSet;
        if (set.IsUtf8For(element.Bytes.Span)) return element;
        var text = set.Decode(element.Bytes.Span, element.VR).TrimEnd(' ', '\0');
        return new DicomElement(element.Tag, element.VR, DatasetAuthoring.Padded(System.Text.Encoding.UTF8.GetBytes(text), element.VR));
    }
}
