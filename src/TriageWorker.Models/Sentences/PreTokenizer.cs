using System.Text;

namespace TriageWorker.Models.Sentences;

/// <summary>
/// Cuts text into the pieces that byte pairs are merged within, as GPT-2 does: <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.
/// A space belongs to the word behind it.
/// </summary>
internal static class PreTokenizer
{
    private static readonly string[] s_contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    /// <summary>Every character is in one piece, and the pieces stand in the text's order.</summary>
    public static IEnumerable<string> Pieces(string text)
    {
        for (int at = 0, end; at < text.Length; at = end)
        {
            end = End(text, at);
            yield return text[at..end];
        }
    }

    private static int End(string text, int at)
    {
        foreach (var contraction in s_contractions)
            if (string.CompareOrdinal(text, at, contraction, 0, contraction.Length) == 0) return at + contraction.Length;
        var from = text[at] == ' ' ? at + 1 : at;
        if (from < text.Length && KindAt(text, from, out _) is var kind and not Kind.Space) return EndOfRun(text, from, kind);
        var end = EndOfRun(text, at, Kind.Space);
        // Of several spaces before a word the last is the word's; it is taken alone where it is no space but a tab or the like.
        return end < text.Length && end - at > 1 ? end - 1 : end;
    }

    private static int EndOfRun(string text, int at, Kind kind)
    {
        while (at < text.Length && KindAt(text, at, out var length) == kind) at += length;
        return at;
    }

    private static Kind KindAt(string text, int at, out int length)
    {
        var rune = Letters.At(text, at, out length);
        return Letters.IsLetter(rune) ? Kind.Letter : Letters.IsNumber(rune) ? Kind.Number : Rune.IsWhiteSpace(rune) ? Kind.Space : Kind.Other;
    }
}
