namespace TriageWorker.Dicom;

/// <summary>The faults of real files that reading tolerates, each reported as a <see cref="DicomRemark"/>. All else is refused.</summary>
public enum DicomRemarkKind
{
    /// <summary>No 128 bytes and DICM before the file meta (PS3.10, 7.1).</summary>
    NoPreamble,

    /// <summary>The file meta names no transfer syntax, or there is none; the encoding was told from the first attribute.</summary>
    NoTransferSyntax,

    /// <summary>The data set is encoded otherwise than the file meta says; it was read as it is.</summary>
    OtherTransferSyntax,

    /// <summary>The deflated data set is in a zlib envelope, which PS3.5, A.5 does not have.</summary>
    ZlibEnvelope,

    /// <summary>The file meta is in implicit VR (PS3.10, 7.1 wants explicit little endian).</summary>
    MetaIsImplicit,

    /// <summary>File Meta Information Group Length (0002,0000) is wrong; the tags said where the group ends.</summary>
    MetaLength,

    /// <summary>Zero bytes after the last attribute.</summary>
    TrailingZeros,

    /// <summary>A delimiter that delimits nothing: after or in something whose length was given.</summary>
    StrayDelimiter,

    /// <summary>The delimiter of a sequence, an item or compressed pixel data is missing; the end of what holds it ended it.</summary>
    MissingDelimiter,

    /// <summary>A delimiter whose length is not zero (PS3.5, 7.5.1).</summary>
    DelimiterLength,

    /// <summary>An attribute without VR in an explicit data set; read as implicit.</summary>
    NoVR,

    /// <summary>An attribute with a VR in an implicit data set, whose length would be none otherwise; read as explicit.</summary>
    UnexpectedlyExplicit,

    /// <summary>Two letters that are no VR of the standard; the value is taken as UN (PS3.5, 6.2).</summary>
    UnknownVR,

    /// <summary>A VR that PS3.6 does not have for the attribute; the file's is taken.</summary>
    OtherVR,

    /// <summary>An undefined length where the VR allows none; read as a sequence.</summary>
    UndefinedLength,

    /// <summary>A sequence in UN whose items are explicit, against PS3.5, 6.2.2.</summary>
    ExplicitInUnknown,

    /// <summary>The bytes of a UN value are not the sequence that PS3.6 has for the attribute; it stays bytes.</summary>
    UnreadableUnknown,

    /// <summary>A sequence in big endian within a little endian data set.</summary>
    BigEndianSequence,

    /// <summary>Pixel data in big endian within a little endian data set (a private syntax of GE).</summary>
    BigEndianPixels,

    /// <summary>A value of odd length (PS3.5, 7.1.1).</summary>
    OddLength,

    /// <summary>A value whose length is no multiple of its VR's words; the rest counts for nothing.</summary>
    PartialWord,

    /// <summary>Text padded with NUL, or a UID padded with a space (PS3.5, 6.2).</summary>
    Padding,

    /// <summary>A tag lower than the one before it.</summary>
    OutOfOrder,

    /// <summary>A tag that is there already; the first counts.</summary>
    Duplicate,

    /// <summary>Specific Character Set has a term that nobody knows; text is read as if nothing was declared.</summary>
    UnknownCharacterSet,

    /// <summary>Pixel data shorter than declared, where <see cref="DicomReadOptions.AcceptShortPixelData"/> allows it.</summary>
    ShortPixelData,

    /// <summary>Compressed pixel data in an uncompressed transfer syntax, or the other way round.</summary>
    PixelDataForm,
}
