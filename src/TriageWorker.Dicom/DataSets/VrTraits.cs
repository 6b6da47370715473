namespace TriageWorker.Dicom;

/// <summary>What PS3.5 says of each value representation.</summary>
public static class VrTraits
{
    extension(DicomVR vr)
    {
        /// <summary>Whether these two letters are a value representation of the standard.</summary>
        public bool IsKnown => vr.IsText || vr is DicomVR.AT or DicomVR.FD or DicomVR.FL or DicomVR.OB or DicomVR.OD or DicomVR.OF
            or DicomVR.OL or DicomVR.OV or DicomVR.OW or DicomVR.SL or DicomVR.SQ or DicomVR.SS or DicomVR.SV or DicomVR.UL
            or DicomVR.UN or DicomVR.US or DicomVR.UV;

        /// <summary>Whether the explicit form has two reserved bytes and a 32-bit length (PS3.5, table 7.1-1).</summary>
        public bool HasLongLength => vr is DicomVR.OB or DicomVR.OD or DicomVR.OF or DicomVR.OL or DicomVR.OV or DicomVR.OW or DicomVR.SQ
            or DicomVR.SV or DicomVR.UC or DicomVR.UN or DicomVR.UR or DicomVR.UT or DicomVR.UV;

        /// <summary>Whether values are characters.</summary>
        public bool IsText => vr.FollowsCharacterSet || vr is DicomVR.AE or DicomVR.AS or DicomVR.CS or DicomVR.DA or DicomVR.DS
            or DicomVR.DT or DicomVR.IS or DicomVR.TM or DicomVR.UI or DicomVR.UR;

        /// <summary>Whether Specific Character Set (0008,0005) governs the values (PS3.5, 6.1.2.2).</summary>
        public bool FollowsCharacterSet => vr is DicomVR.LO or DicomVR.LT or DicomVR.PN or DicomVR.SH or DicomVR.ST or DicomVR.UC or DicomVR.UT;

        /// <summary>Whether a backslash is part of the text and does not separate values.</summary>
        public bool IsSingleValuedText => vr is DicomVR.LT or DicomVR.ST or DicomVR.UT or DicomVR.UR;

        /// <summary>Bytes that are swapped together in big endian.</summary>
        public int WordSize => vr switch
        {
            DicomVR.AT or DicomVR.OW or DicomVR.SS or DicomVR.US => 2,
            DicomVR.FL or DicomVR.OF or DicomVR.OL or DicomVR.SL or DicomVR.UL => 4,
            DicomVR.FD or DicomVR.OD or DicomVR.OV or DicomVR.SV or DicomVR.UV => 8,
            _ => 1,
        };

        /// <summary>What fills a value up to even length: a space for text, NUL for UI and bytes (PS3.5, 6.2).</summary>
        public byte Padding => vr.IsText && vr != DicomVR.UI ? (byte)' ' : (byte)0;
    }
}
