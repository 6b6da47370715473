using TriageWorker.Dicom.Dictionary;

namespace TriageWorker.Dicom;

/// <summary>Which value representation an attribute has where the encoding does not say it (PS3.5, annex A.1; PS3.6).</summary>
internal static class VrChoice
{
    internal static DicomVR For(ElementHeader header, DicomDataset dataset)
    {
        if (header.VR == DicomVR.UN && (header.IsUndefined || header.Fault == DicomRemarkKind.UnknownVR)) return DicomVR.UN;
        var vrs = DicomDictionary.VRsOf(header.Tag);
        if (vrs.IsEmpty) return header.IsUndefined ? DicomVR.SQ : DicomVR.UN;
        if (vrs.Length == 1) return header.VR == DicomVR.UN && vrs[0] == DicomVR.SQ ? DicomVR.UN : NotNone(vrs[0]);
        if (!vrs.Contains(DicomVR.SS)) return header.IsUndefined ? DicomVR.OB : DicomVR.OW;
        return dataset.HasSignedPixels == true ? DicomVR.SS : DicomVR.US;
    }

    /// <summary>Whether PS3.6 has this value representation for the attribute, or says nothing of it.</summary>
    internal static bool IsListed(DicomTag tag, DicomVR vr)
    {
        if (tag.IsPrivate && !tag.IsPrivateCreator) return true;
        var vrs = DicomDictionary.VRsOf(tag);
        return vrs.IsEmpty || vrs.Contains(vr);
    }

    /// <summary>A few retired attributes of the standard have no value representation there.</summary>
    private static DicomVR NotNone(DicomVR vr) => vr == DicomVR.None ? DicomVR.UN : vr;
}
