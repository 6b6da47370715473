using System.Text;

namespace TriageWorker.Models.Sentences;

/// <summary>
/// What Merlin does to a sentence before it is tokenized: lower case, then the words and the runs of punctuation, one space between them ("No free fluid." becomes "no free fluid .").
/// The original splits with Python's <c>\w+|[^\w\s]+</c>; as a pattern of .NET, whose classes are others, that is <c>[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s\u001c-\u001f]+</c>.
/// </summary>
internal static class Sanitiser
{
    /// <summary>Which rules these are; another id is another rule.</summary>
    public const string Id = "merlin-wordpunct-1";

    private enum Kind
    {
        Space,
        Word,
        Punctuation,
    }

    public static string Apply(string sentence)
    {
        var text = new StringBuilder(sentence.Length + 8);
        var last = Kind.Space;
        foreach (var rune in LowerCase.Of(sentence).EnumerateRunes())
        {
            var kind = KindOf(rune);
            if (kind != Kind.Space)
            {
                if (kind != last && text.Length > 0) text.Append(' ');
                text.Append(rune.ToString());
            }

            last = kind;
        }

        return text.ToString();
    }

    private static Kind KindOf(Rune rune) => Letters.IsLetter(rune) || Letters.IsNumber(rune) || rune.Value == '_' ? Kind.Word : Letters.IsPythonSpace(rune) ? Kind.Space : Kind.Punctuation;
}
