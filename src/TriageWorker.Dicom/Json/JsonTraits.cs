namespace TriageWorker.Dicom.Json;

/// <summary>What PS3.18, F.2, says of each value representation.</summary>
internal static class JsonTraits
{
    extension(DicomVR vr)
    {
        /// <summary>Written as InlineBinary, never as Value (table F.2.3-1).</summary>
        internal bool IsInlineBinary => vr is DicomVR.OB or DicomVR.OD or DicomVR.OF or DicomVR.OL or DicomVR.OV or DicomVR.OW or DicomVR.UN or DicomVR.None;

        /// <summary>May be a BulkDataURI (F.2.2).</summary>
        internal bool MayGoByReference => vr.IsInlineBinary || vr is DicomVR.DS or DicomVR.FL or DicomVR.FD or DicomVR.IS or DicomVR.LT or DicomVR.SL
            or DicomVR.SS or DicomVR.ST or DicomVR.SV or DicomVR.UC or DicomVR.UL or DicomVR.US or DicomVR.UT or DicomVR.UV;

        /// <summary>Binary numbers: as many bytes as one takes, and what fits into them; AT, OB and the like have none.</summary>
        internal (int Size, Int128 Least, Int128 Most)? Integer => vr switch
        {
            DicomVR.SS => (2, short.MinValue, short.MaxValue),
            DicomVR.US => (2, 0, ushort.MaxValue),
            DicomVR.SL => (4, int.MinValue, int.MaxValue),
            DicomVR.UL => (4, 0, uint.MaxValue),
            DicomVR.SV => (8, long.MinValue, long.MaxValue),
            DicomVR.UV => (8, 0, ulong.MaxValue),
            _ => null,
        };
    }
}
