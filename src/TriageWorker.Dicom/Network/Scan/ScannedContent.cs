namespace TriageWorker.Dicom.Network;

/// <summary>What an element's value is made of, as far as following it goes.</summary>
internal enum ScannedContent
{
    /// <summary>Bytes to pass over.</summary>
    Value,
    Sequence,
    /// <summary>A sequence whose items are implicit by the standard; some writers keep them explicit (PS3.5, 6.2.2).</summary>
    UnknownSequence,
    /// <summary>Encapsulated pixel data: an offset table and fragments (PS3.5, A.4).</summary>
    Fragments,
    /// <summary>An undefined length that the VR cannot have (PS3.5, 7.1.1).</summary>
    Nothing,
}

/// <summary>Decides as the file reader does: by VR and length, and by the dictionary where the bytes do not say the VR.</summary>
internal static class ScannedContents
{
    private static readonly DicomDataset Nothing = []; // signed or unsigned: it makes no difference here

    public static ScannedContent Of(in ElementHeader header, bool isExplicit)
    {
        var vr = header.VR is DicomVR.None or DicomVR.UN ? VrChoice.For(header, Nothing) : header.VR;
        if (vr == DicomVR.SQ) return ScannedContent.Sequence;
        if (!header.IsUndefined) return ScannedContent.Value;
        if (vr is DicomVR.OB or DicomVR.OW or DicomVR.OD or DicomVR.OF or DicomVR.OL or DicomVR.OV || header.Tag == DicomTag.PixelData) return ScannedContent.Fragments;
        if (vr == DicomVR.UN) return ScannedContent.UnknownSequence;
        return isExplicit ? ScannedContent.Nothing : ScannedContent.Sequence;
    }
}
