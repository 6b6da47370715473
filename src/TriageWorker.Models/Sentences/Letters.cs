using System.Globalization;
using System.Text;

namespace TriageWorker.Models.Sentences;

/// <summary>
/// The classes of characters that the tokenizer and the sanitiser were made with: Python's and Unicode's, over all planes. .NET's regular expressions see a character beyond
/// U+FFFF as two halves that belong to no class, so text is read by <see cref="Rune"/> here.
/// </summary>
internal static class Letters
{
    /// <summary>The rune that begins at <paramref name="at"/>; half a character counts as U+FFFD.</summary>
    public static Rune At(ReadOnlySpan<char> text, int at, out int length)
    {
        Rune.DecodeFromUtf16(text[at..], out var rune, out length);
        return rune;
    }

    /// <summary><c>\p{L}</c>.</summary>
    public static bool IsLetter(Rune rune) => Rune.GetUnicodeCategory(rune) <= UnicodeCategory.OtherLetter;

    /// <summary><c>\p{N}</c>.</summary>
    public static bool IsNumber(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>Python's <c>\s</c>, which also has the four separators U+001C to U+001F that Unicode's white space has not.</summary>
    public static bool IsPythonSpace(Rune rune) => Rune.IsWhiteSpace(rune) || rune.Value is >= 0x1C and <= 0x1F;
}
