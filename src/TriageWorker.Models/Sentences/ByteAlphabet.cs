using System.Text;

namespace TriageWorker.Models.Sentences;

/// <summary>
/// A visible character for each byte, as GPT-2's vocabulary files write them: bytes that are printable in Latin-1 stand for themselves, the others for U+0100 and on (a space is Ġ).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] s_characters = Make();

    public static IReadOnlyList<char> Characters => s_characters;

    /// <summary>The text's UTF-8 bytes. Half a character counts as U+FFFD.</summary>
    public static string Write(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(value => s_characters[value]));

    private static char[] Make()
    {
        var characters = new char[256];
        var others = 0;
        for (var value = 0; value < characters.Length; value++) characters[value] = (char)(value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? value : 256 + others++);
        return characters;
    }
}
