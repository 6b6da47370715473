using System.Globalization;
using System.Text;

namespace TriageWorker.Models.Sentences;

/// <summary>
/// Lower case as Python's <c>str.lower</c> has it: each character's own, but İ becomes two (i and U+0307) and Σ at the end of a word becomes ς (Unicode 3.13, Final_Sigma).
/// </summary>
internal static class LowerCase
{
    private static readonly Rune s_dottedI = new('İ'), s_sigma = new('Σ');

    public static string Of(string text)
    {
        var lower = new StringBuilder(text.Length + 1);
        Rune[] runes = [.. text.EnumerateRunes()];
        for (var i = 0; i < runes.Length; i++)
        {
            if (runes[i] == s_dottedI) lower.Append("i\u0307");
            else if (runes[i] == s_sigma) lower.Append(IsFinal(runes, i) ? 'ς' : 'σ');
            else lower.Append(Rune.ToLowerInvariant(runes[i]).ToString());
        }

        return lower.ToString();
    }

    /// <summary>After a letter that has a case and not before one, whatever does not count between them.</summary>
    private static bool IsFinal(ReadOnlySpan<Rune> runes, int at)
    {
        var before = at - 1;
        while (before >= 0 && IsIgnored(runes[before])) before--;
        if (before < 0 || !HasCase(runes[before])) return false;
        var after = at + 1;
        while (after < runes.Length && IsIgnored(runes[after])) after++;
        return after == runes.Length || !HasCase(runes[after]);
    }

    /// <summary>Unicode's Case_Ignorable: marks, formats, modifiers and the punctuation that stands within words.</summary>
    private static bool IsIgnored(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || rune.Value is '\'' or '.' or ':' or 0xB7 or 0x387 or 0x55F or 0x5F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027 or 0xFE13 or 0xFE52 or 0xFE55 or 0xFF07 or 0xFF0E or 0xFF1A;

    /// <summary>Unicode's Cased, as far as it is not ignored: letters with a case, and ordinals, Roman numerals and letters in circles or squares.</summary>
    private static bool HasCase(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        || rune.Value is 0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);
}
