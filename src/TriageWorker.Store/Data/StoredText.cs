using System.Buffers;
using System.Text;

namespace TriageWorker.Store;

/// <summary>Text from outside, made fit for a text column: one damaged header must not make a whole batch fail for ever.</summary>
internal static class StoredText
{
    private const int Longest = 1024; // longer than any single value of the attributes kept (PS3.5 6.2: LO 64, PN 5×64, ST 1024)
    private static readonly SearchValues<char> UidCharacters = SearchValues.Create("0123456789.");

    /// <summary>Removes NUL, which PostgreSQL cannot store, replaces unpaired surrogates, and cuts what is too long.</summary>
    public static string? Clean(string? text)
    {
        if (text is null) return null;
        var clean = new StringBuilder(Math.Min(text.Length, Longest));
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == 0) continue;
            if (clean.Length + rune.Utf16SequenceLength > Longest) break;
            clean.Append(rune.ToString());
        }
        return clean.ToString();
    }

    /// <exception cref="ArgumentException">Not a UID (PS3.5 9.1: at most 64 characters of digits and dots).</exception>
    public static string Uid(string value, string what)
    {
        if (value.Length is 0 or > 64 || value.AsSpan().ContainsAnyExcept(UidCharacters))
            throw new ArgumentException($"{what} is no UID: it must be 1 to 64 digits and dots (PS3.5 9.1).");
        return value;
    }
}
