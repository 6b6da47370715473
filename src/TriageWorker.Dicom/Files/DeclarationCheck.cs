using TriageWorker.Dicom.Text;

namespace TriageWorker.Dicom;

/// <summary>
/// Tells where a data set that was read is not what it declares itself: its text, its pixel data. Made when all is read, for a
/// declaration may stand behind what it is about. Deferred values are not fetched; nothing is decoded.
/// </summary>
internal sealed class DeclarationCheck(Remarks remarks)
{
    internal void OfText(DicomDataset dataset)
    {
        var set = dataset.CharacterSet;
        foreach (var element in dataset.AsSpan())
        {
            if (element.VR == DicomVR.SQ)
            {
                foreach (var item in element.Items) OfText(item);
            }
            else if (element.VR.IsText && !element.IsDeferred) OfText(element, set);
        }
    }

    internal void OfPixels(DicomDataset dataset, TransferSyntax syntax)
    {
        if (dataset.TryGet(DicomTag.PixelData, out var pixels) && pixels.IsEncapsulated != syntax.IsEncapsulated)
            Tell(DicomRemarkKind.PixelDataForm, pixels, $"{(pixels.IsEncapsulated ? "Compressed" : "Uncompressed")} pixel data in {syntax.Name}");
    }

    private void OfText(DicomElement element, CharacterSet set)
    {
        if (element.Tag == DicomTag.SpecificCharacterSet) OfTerms(element, set);
        var bytes = element.AsRead.Span;
        if (!element.VR.FollowsCharacterSet)
        {
            if (bytes.ContainsAnyInRange((byte)0x80, (byte)0xFF)) Tell(DicomRemarkKind.BeyondAscii, element, "Bytes beyond ASCII where the value representation has none; read as Latin 1");
            return;
        }
        switch (set.FaultOf(bytes, element.VR))
        {
            case TextFault.Undeclared:
                Tell(DicomRemarkKind.UndeclaredText, element, "Text beyond ASCII for which no character set is declared; read as UTF-8 when it is that, else as Latin 1");
                break;
            case TextFault.Escape:
                Tell(DicomRemarkKind.UndeclaredEscape, element, "An escape sequence to a character set that is not declared; followed where it is known");
                break;
            case TextFault.NotUtf8:
                Tell(DicomRemarkKind.BrokenUtf8, element, "Text declared as UTF-8 that is none; what cannot be read became replacement characters");
                break;
        }
    }

    private void OfTerms(DicomElement element, CharacterSet set)
    {
        if (set.UnknownTerms.Count > 0) Tell(DicomRemarkKind.UnknownCharacterSet, element, "A character set that nobody knows");
        if (set.IsMisspelt) Tell(DicomRemarkKind.MisspeltCharacterSet, element, "A character set by another name than the standard's");
    }

    private void Tell(DicomRemarkKind kind, DicomElement element, string what) => remarks.Add(kind, element.HeadOffset, element.Tag, what);
}
