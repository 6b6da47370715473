using System.Collections.Frozen;

namespace TriageWorker.Dicom.Network;

/// <summary>The transfer syntaxes a receiver takes, how each is scanned, and which it would rather not be sent (PS3.5, annexes A and 10).</summary>
public static class AcceptedSyntaxes
{
    private enum Rank { AsProposed, Retired, Lossy }

    private static readonly FrozenDictionary<string, Rank> s_ranks = new Dictionary<string, Rank>
    {
        [DicomUid.ImplicitVRLittleEndian] = Rank.AsProposed,
        [DicomUid.ExplicitVRLittleEndian] = Rank.AsProposed,
        [DicomUid.DeflatedExplicitVRLittleEndian] = Rank.AsProposed,
        [DicomUid.RLELossless] = Rank.AsProposed,
        [DicomUid.JPEGLossless] = Rank.AsProposed,
        [DicomUid.JPEGLosslessSV1] = Rank.AsProposed,
        [DicomUid.JPEGLSLossless] = Rank.AsProposed,
        [DicomUid.JPEG2000Lossless] = Rank.AsProposed,
        ["1.2.840.10008.1.2.4.201"] = Rank.AsProposed, // HTJ2K lossless only
        ["1.2.840.10008.1.2.4.202"] = Rank.AsProposed, // HTJ2K lossless only, RPCL
        [DicomUid.ExplicitVRBigEndian] = Rank.Retired,
        [DicomUid.JPEGBaseline8Bit] = Rank.Lossy,
        [DicomUid.JPEGExtended12Bit] = Rank.Lossy,
        [DicomUid.JPEGLSNearLossless] = Rank.Lossy,
        [DicomUid.JPEG2000] = Rank.Lossy,
        ["1.2.840.10008.1.2.4.203"] = Rank.Lossy, // HTJ2K
    }.ToFrozenDictionary();

    /// <summary>Of what a caller proposes, the first lossless one; big endian only if there is no other, a lossy one last. Null when none is known.</summary>
    public static string? Choose(IEnumerable<string> proposed) =>
        proposed.Where(s_ranks.ContainsKey).OrderBy(uid => s_ranks[uid]).FirstOrDefault();

    /// <summary>How a data set of this syntax is scanned; of all others too, those not accepted, since a spool may hold them.</summary>
    public static ScanEncoding EncodingOf(string transferSyntax) => TransferSyntax.Of(transferSyntax) switch
    {
        { IsDeflated: true } => ScanEncoding.Deflated,
        { IsExplicitVR: false } => ScanEncoding.ImplicitLittleEndian,
        { IsBigEndian: true } => ScanEncoding.ExplicitBigEndian,
        _ => ScanEncoding.ExplicitLittleEndian,
    };
}
