using System.Collections.Frozen;

namespace TriageWorker.Dicom.Network;

/// <summary>The transfer syntaxes a receiver takes, how each is scanned, and which it would rather not be sent (PS3.5, annexes A and 10).</summary>
public static class AcceptedSyntaxes
{
    public const string ImplicitLittleEndian = "1.2.840.10008.1.2";
    public const string ExplicitLittleEndian = "1.2.840.10008.1.2.1";
    public const string DeflatedExplicitLittleEndian = "1.2.840.10008.1.2.1.99";
    public const string ExplicitBigEndian = "1.2.840.10008.1.2.2";

    private enum Rank { AsProposed, Retired, Lossy }

    private static readonly FrozenDictionary<string, Rank> s_ranks = new Dictionary<string, Rank>
    {
        [ImplicitLittleEndian] = Rank.AsProposed,
        [ExplicitLittleEndian] = Rank.AsProposed,
        [DeflatedExplicitLittleEndian] = Rank.AsProposed,
        ["1.2.840.10008.1.2.5"] = Rank.AsProposed, // RLE
        ["1.2.840.10008.1.2.4.57"] = Rank.AsProposed, // JPEG lossless, process 14
        ["1.2.840.10008.1.2.4.70"] = Rank.AsProposed, // JPEG lossless, first-order prediction
        ["1.2.840.10008.1.2.4.80"] = Rank.AsProposed, // JPEG-LS lossless
        ["1.2.840.10008.1.2.4.90"] = Rank.AsProposed, // JPEG 2000 lossless only
        ["1.2.840.10008.1.2.4.201"] = Rank.AsProposed, // HTJ2K lossless only
        ["1.2.840.10008.1.2.4.202"] = Rank.AsProposed, // HTJ2K lossless only, RPCL
        [ExplicitBigEndian] = Rank.Retired,
        ["1.2.840.10008.1.2.4.50"] = Rank.Lossy, // JPEG baseline
        ["1.2.840.10008.1.2.4.51"] = Rank.Lossy, // JPEG extended
        ["1.2.840.10008.1.2.4.81"] = Rank.Lossy, // JPEG-LS near-lossless
        ["1.2.840.10008.1.2.4.91"] = Rank.Lossy, // JPEG 2000
        ["1.2.840.10008.1.2.4.203"] = Rank.Lossy, // HTJ2K
    }.ToFrozenDictionary();

    /// <summary>Of what a caller proposes, the first lossless one; big endian only if there is no other, a lossy one last. Null when none is known.</summary>
    public static string? Choose(IEnumerable<string> proposed) =>
        proposed.Where(s_ranks.ContainsKey).OrderBy(uid => s_ranks[uid]).FirstOrDefault();

    public static ScanEncoding EncodingOf(string transferSyntax) => transferSyntax switch
    {
        ImplicitLittleEndian => ScanEncoding.ImplicitLittleEndian,
        ExplicitBigEndian => ScanEncoding.ExplicitBigEndian,
        DeflatedExplicitLittleEndian => ScanEncoding.Deflated,
        _ => ScanEncoding.ExplicitLittleEndian,
    };
}
