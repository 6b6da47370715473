using System.Collections.Frozen;

namespace TriageWorker.Imaging.Decoding;

/// <summary>Which compressed transfer syntaxes are decoded on this machine.</summary>
/// <param name="Missing">Why there is no decoder at all; null when there is one.</param>
public sealed record DecodableSyntaxes(FrozenSet<string> Uids, string? Missing)
{
    /// <summary>Uncompressed pixels alone, which need no decoder.</summary>
    public static DecodableSyntaxes None { get; } = new([], "none is set up");

    public static DecodableSyntaxes Of(DecoderReport report) => new(report.Decodes.ToFrozenSet(StringComparer.Ordinal), report.Missing);
}
