namespace TriageWorker.Dicom;

/// <summary>
/// One data set has one declared character set, but its text may have come from several. Text that agrees with what is declared
/// is written as it is; other text in the declared set when that has all its characters; when it has not, the whole data set is
/// written in UTF-8.
/// </summary>
internal sealed class TextPlan
{
    private static readonly TextPlan Keep = new(Need.Nothing);

    private readonly Need _need;

    private TextPlan(Need need) => _need = need;

    private enum Need
    {
        Nothing,
        Declared,
        Utf8,
    }

    /// <summary>No text changes on its way.</summary>
    internal bool IsAsIs => _need == Need.Nothing;

    internal static TextPlan For(DicomDataset dataset) => NeedOf(dataset) is var need and not Need.Nothing ? new TextPlan(need) : Keep;

    /// <summary>What of a data set is written: its attributes in the order of the file or of the tags, with their text as it has to be.</summary>
    internal IReadOnlyList<DicomElement> Elements(DicomDataset dataset, bool asRead, bool isRoot)
    {
        var all = asRead ? dataset.InOrder : dataset.ByTag;
        if (IsAsIs) return all;
        var written = new List<DicomElement>(all.Count + 1);
        if (_need == Need.Declared)
        {
            foreach (var element in all) written.Add(InDeclared(element, dataset));
            return written;
        }
        foreach (var element in all)
            if (element.Tag != DicomTag.SpecificCharacterSet)
                written.Add(InUtf8(element, dataset));
        if (isRoot)
        {
            var at = written.FindIndex(element => element.Tag > DicomTag.SpecificCharacterSet);
            written.Insert(at < 0 ? written.Count : at, new DicomElement(DicomTag.SpecificCharacterSet, DicomVR.CS, "ISO_IR 192"u8.ToArray()));
        }
        return written;
    }

    private static Need NeedOf(DicomDataset dataset)
    {
        var need = Need.Nothing;
        foreach (var element in dataset.ByTag)
        {
            if (element.Items.Count > 0)
            {
                foreach (var item in element.Items)
                    if (NeedOf(item) is var below && below > need)
                        need = below;
            }
            else if (!Agrees(element, dataset)) need = TryEncode(element, dataset, out _) && need != Need.Utf8 ? Need.Declared : Need.Utf8;
            if (need == Need.Utf8) return need;
        }
        return need;
    }

    private static bool Agrees(DicomElement element, DicomDataset dataset) =>
        element.CharacterSet is not { } own || ReferenceEquals(own, dataset.CharacterSet)
        || (own.IsUtf8For(element.Bytes.Span) && dataset.CharacterSet.IsUtf8For(element.Bytes.Span));

    private static bool TryEncode(DicomElement element, DicomDataset dataset, out byte[] bytes) =>
        dataset.CharacterSet.TryEncode(element.CharacterSet!.Decode(element.Bytes.Span, element.VR).TrimEnd(' ', '\0'), element.VR, out bytes);

    private static DicomElement InDeclared(DicomElement element, DicomDataset dataset) => Agrees(element, dataset) || !TryEncode(element, dataset, out var bytes)
        ? element
        : new DicomElement(element.Tag, element.VR, DatasetAuthoring.Padded(bytes, element.VR));

    private static DicomElement InUtf8(DicomElement element, DicomDataset dataset)
    {
        if (!element.VR.FollowsCharacterSet) return element;
        var set = element.CharacterSet ?? dataset.CharacterSet;
        var bytes = element.Bytes.Span;
        if (set.IsUtf8For(bytes)) return element;
        var text = set.Decode(bytes, element.VR).TrimEnd(' ', '\0');
        return new DicomElement(element.Tag, element.VR, DatasetAuthoring.Padded(System.Text.Encoding.UTF8.GetBytes(text), element.VR));
    }
}
