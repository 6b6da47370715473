using System.Text;

namespace TriageWorker.Dicom.Text;

/// <summary>
/// Writes text with code extensions (PS3.5, 6.1.2.5): each character in what is in use, else in the first declared set that has
/// it, after its escape sequence. Before each delimiter and at the end ASCII is back in G0, and value 1 in G1.
/// </summary>
internal sealed class Iso2022Encoder
{
    private static readonly byte[] BackToAscii = [Iso2022.Escape, 0x28, 0x42];

    private readonly Encoding? _initial;
    private readonly List<Iso2022.Designation> _declared;

    /// <param name="initial">The upper half before any escape sequence.</param>
    /// <param name="terms">The declared terms by their numbers.</param>
    internal Iso2022Encoder(Encoding? initial, IEnumerable<string> terms)
    {
        _initial = initial;
        _declared = [.. terms.SelectMany(Iso2022.DesignationsOf)];
    }

    /// <summary>False when no declared set has one of the characters.</summary>
    internal bool TryEncode(string text, bool isName, List<byte> bytes)
    {
        Iso2022.Designation? lower = null, upper = null;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                if (lower is not null) bytes.AddRange(BackToAscii);
                lower = null;
                bytes.Add((byte)rune.Value);
                if (Iso2022.EndsChoice((byte)rune.Value, isName)) upper = null;
            }
            else if (!TryInUse(rune, lower, upper, bytes) && !TryDesignate(rune, ref lower, ref upper, bytes)) return false;
        }
        if (lower is not null) bytes.AddRange(BackToAscii);
        return true;
    }

    private bool TryInUse(Rune rune, Iso2022.Designation? lower, Iso2022.Designation? upper, List<byte> bytes) =>
        (lower is not null && lower.TryEncode(rune, bytes)) || (upper is not null ? upper.TryEncode(rune, bytes) : TryInitial(rune, bytes));

    private bool TryInitial(Rune rune, List<byte> bytes)
    {
        if (_initial is null || !CharacterSet.TryGetBytes(_initial, rune.ToString(), out var encoded) || encoded.Length != 1) return false;
        bytes.AddRange(encoded);
        return true;
    }

    private bool TryDesignate(Rune rune, ref Iso2022.Designation? lower, ref Iso2022.Designation? upper, List<byte> bytes)
    {
        foreach (var declared in _declared)
        {
            var encoded = new List<byte>();
            if (!declared.TryEncode(rune, encoded)) continue;
            bytes.Add(Iso2022.Escape);
            bytes.AddRange(declared.Sequence);
            bytes.AddRange(encoded);
            if (declared.IsUpper) upper = declared;
            else lower = declared;
            return true;
        }
        return false;
    }
}
