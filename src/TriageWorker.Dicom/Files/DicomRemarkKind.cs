namespace TriageWorker.Dicom;

/// <summary>The faults of real files that reading tolerates, each reported as a <see cref="DicomRemark"/>. All else is refused.</summary>
public enum DicomRemarkKind
{
    /// <summary>No 128 bytes and DICM before the file meta (PS3.10, 7.1).</summary>
    NoPreamble,

    /// <summary>The file meta names no transfer syntax, or there is none; the encoding was told from the first attribute, if there is one.</summary>
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

    /// <summary>A value of odd length (PS3.5, 7.1.1), or a fragment of compressed pixel data (PS3.5, A.4).</summary>
    OddLength,

    /// <summary>A value whose length is no multiple of its VR's words; the rest counts for nothing.</summary>
    PartialWord,

    /// <summary>Text padded with NUL, or a UID padded with a space (PS3.5, 6.2).</summary>
    Padding,

    /// <summary>A tag lower than the one before it.</summary>
    OutOfOrder,

    /// <summary>A tag that is there already; the first counts.</summary>
    Duplicate,

    /// <summary>Specific Character Set (0008,0005) has a term that nobody knows; text is read as if nothing was declared.</summary>
    UnknownCharacterSet,

    /// <summary>Specific Character Set has a term that is understood, though PS3.3, C.12.1.1.2 writes it otherwise or not at all: "ISO-IR 100", "UTF8".</summary>
    MisspeltCharacterSet,

    /// <summary>Text beyond ASCII where no character set is declared for it; read as UTF-8 when it is that, else as Latin 1.</summary>
    UndeclaredText,

    /// <summary>An escape sequence (PS3.5, 6.1.2.5) to a set that Specific Character Set does not declare; followed where it is known.</summary>
    UndeclaredEscape,

    /// <summary>Text declared as UTF-8 that is none; what cannot be read became replacement characters.</summary>
    BrokenUtf8,

    /// <summary>Bytes beyond ASCII in a value that no character set governs, a date or a UID (PS3.5, 6.1.2.2); read as Latin 1.</summary>
    BeyondAscii,

    /// <summary>Pixel data shorter than declared, where <see cref="DicomReadOptions.AcceptShortPixelData"/> allows it.</summary>
    ShortPixelData,

    /// <summary>Compressed pixel data in an uncompressed transfer syntax, or the other way round.</summary>
    PixelDataForm,
}
