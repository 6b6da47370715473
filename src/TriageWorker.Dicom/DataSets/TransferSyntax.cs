namespace TriageWorker.Dicom;

/// <summary>How a data set is encoded (PS3.5, 10 and annex A).</summary>
/// <param name="IsEncapsulated">Pixel data is compressed, in fragments (PS3.5, A.4).</param>
/// <param name="IsLossy">Pixels may differ from what the scanner made.</param>
/// <param name="HasBigEndianPixels">Pixel data is in big endian though all else is not: read, never made anew.</param>
public sealed record TransferSyntax(
    string Uid, string Name, bool IsExplicitVR = true, bool IsBigEndian = false, bool IsDeflated = false, bool IsEncapsulated = false, bool IsLossy = false,
    bool HasBigEndianPixels = false)
{
    private const string GeneralElectric = "1.2.840.113619.5.2"; // private, of old GE consoles; no UID of PS3.6

    public static TransferSyntax ImplicitVRLittleEndian { get; } = new(DicomUid.ImplicitVRLittleEndian, "Implicit VR Little Endian", IsExplicitVR: false);

    public static TransferSyntax ExplicitVRLittleEndian { get; } = new(DicomUid.ExplicitVRLittleEndian, "Explicit VR Little Endian");

    public static TransferSyntax ExplicitVRBigEndian { get; } = new(DicomUid.ExplicitVRBigEndian, "Explicit VR Big Endian", IsBigEndian: true);

    public static TransferSyntax DeflatedExplicitVRLittleEndian { get; } =
        new(DicomUid.DeflatedExplicitVRLittleEndian, "Deflated Explicit VR Little Endian", IsDeflated: true);

    /// <summary>
    /// The syntax with this UID. One that is not listed here is taken to be explicit little endian with encapsulated pixel data,
    /// which holds for every compressed syntax since 1993 (PS3.5, A.4).
    /// </summary>
    public static TransferSyntax Of(string uid) => uid switch
    {
        DicomUid.ImplicitVRLittleEndian => ImplicitVRLittleEndian,
        DicomUid.ExplicitVRLittleEndian => ExplicitVRLittleEndian,
        DicomUid.ExplicitVRBigEndian => ExplicitVRBigEndian,
        DicomUid.DeflatedExplicitVRLittleEndian => DeflatedExplicitVRLittleEndian,
        DicomUid.JPIPReferencedDeflate or "1.2.840.10008.1.2.4.205" => new(uid, DicomUid.Find(uid)?.Name ?? uid, IsDeflated: true), // pixels are elsewhere
        DicomUid.JPIPReferenced or "1.2.840.10008.1.2.4.204" => new(uid, DicomUid.Find(uid)?.Name ?? uid),
        GeneralElectric => new(uid, "GE Private Implicit VR Little Endian with big endian pixels", IsExplicitVR: false, HasBigEndianPixels: true),
        DicomUid.Papyrus3ImplicitVRLittleEndian => new(uid, "Papyrus 3 Implicit VR Little Endian", IsExplicitVR: false),
        _ => new(uid, DicomUid.Find(uid)?.Name ?? uid, IsEncapsulated: true, IsLossy: !Lossless.Contains(uid)),
    };

    /// <summary>Encapsulated syntaxes that give back the very pixels.</summary>
    private static readonly HashSet<string> Lossless =
    [
        DicomUid.EncapsulatedUncompressedExplicitVRLittleEndian, DicomUid.RLELossless,
        DicomUid.JPEGLossless, DicomUid.JPEGLosslessNonHierarchical15, DicomUid.JPEGLosslessSV1, DicomUid.JPEGLosslessHierarchical28,
        DicomUid.JPEGLosslessHierarchical29, DicomUid.JPEGLSLossless, DicomUid.JPEG2000Lossless, DicomUid.JPEG2000MCLossless,
        "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202", // high-throughput JPEG 2000, lossless and RPCL lossless
    ];
}
