using System.Text;

namespace TriageWorker.Dicom.Text;

/// <summary>
/// Where .NET's code pages are not today's character sets: bytes that a set leaves out become private characters there instead of
/// the replacement character, and three sets are older editions.
/// </summary>
internal static class CodePageRepairs
{
    private const char Missing = '\uFFFD', FirstPrivate = '\uE000', LastPrivate = '\uF8FF';
    private const int Greek = 28597, Hebrew = 28598, Japanese = 932;

    internal static string Apply(string text, Encoding encoding)
    {
        if (!(encoding.IsSingleByte || encoding.CodePage == Japanese) || !text.AsSpan().ContainsAnyInRange('\u0100', '\uFFFE')) return text;
        return string.Create(text.Length, (text, encoding.CodePage), static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++) target[i] = Repaired(source.text[i], source.CodePage);
        });
    }

    private static char Repaired(char value, int page) => (page, value) switch
    {
        (Greek, '\u02BD') => '\u2018', // ISO 8859-7 of 2003
        (Greek, '\u02BC') => '\u2019',
        (Greek, '\uF7C2') => '\u20AC',
        (Greek, '\uF7C3') => '\u20AF',
        (Greek, '\uF7C4') => '\u037A',
        (Hebrew, '\u203E') => '\u00AF', // ISO 8859-8 of 1999
        (Hebrew, '\uF7BF') => '\u200E',
        (Hebrew, '\uF7C0') => '\u200F',
        (Japanese, < '\uF8F0') => value, // its private characters of two bytes are the user's own
        (_, >= FirstPrivate and <= LastPrivate) => Missing,
        _ => value,
    };
}
