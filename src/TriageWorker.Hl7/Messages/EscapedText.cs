using System.Globalization;
using System.Text;

namespace TriageWorker.Hl7;

/// <summary>Text between delimiters (HL7 2.5.1, 2.7): delimiters inside it are written as escape sequences.</summary>
internal static class EscapedText
{
    /// <summary>What was escaped comes back unchanged from <see cref="Read"/>, control characters included.</summary>
    public static string Write(string text, Delimiters delimiters)
    {
        var escape = delimiters.Escape;
        var written = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (letter == delimiters.Field) Append("F");
            else if (letter == delimiters.Component) Append("S");
            else if (letter == delimiters.Repetition) Append("R");
            else if (letter == delimiters.Escape) Append("E");
            else if (letter == delimiters.Subcomponent) Append("T");
            else if (letter is < ' ' or '\x7f') Append(string.Create(CultureInfo.InvariantCulture, $"X{(int)letter:X2}"));
            else written.Append(letter);
        }

        return written.ToString();

        void Append(string sequence) => written.Append(escape).Append(sequence).Append(escape);
    }

    /// <summary>A sequence that is not known, or has no end, stays as it was written: no text is ever lost.</summary>
    public static string Read(ReadOnlySpan<char> raw, Delimiters delimiters)
    {
        var start = raw.IndexOf(delimiters.Escape);
        if (start < 0) return raw.ToString();
        var text = new StringBuilder(raw.Length);
        while (start >= 0)
        {
            text.Append(raw[..start]);
            raw = raw[start..];
            var end = raw[1..].IndexOf(delimiters.Escape);
            if (end < 0) break;
            if (!TryAppend(text, raw.Slice(1, end), delimiters))
            {
                // Only this escape character is given up: the next one may open a sequence that is known.
                text.Append(raw[0]);
                raw = raw[1..];
            }
            else
            {
                raw = raw[(end + 2)..];
            }

            start = raw.IndexOf(delimiters.Escape);
        }

        return text.Append(raw).ToString();
    }

    private static bool TryAppend(StringBuilder text, ReadOnlySpan<char> sequence, Delimiters delimiters)
    {
        switch (sequence)
        {
            case "F": text.Append(delimiters.Field); return true;
            case "S": text.Append(delimiters.Component); return true;
            case "R": text.Append(delimiters.Repetition); return true;
            case "E": text.Append(delimiters.Escape); return true;
            case "T": text.Append(delimiters.Subcomponent); return true;
            case "H" or "N": return true; // highlighting on and off: no text
            case ".br": text.Append('\n'); return true;
            case ['X', .. var digits]: return TryAppendHex(text, digits);
            default: return false;
        }
    }

    // Bytes from 0x80 belong to a character set that text no longer knows; such a sequence stays as written.
    private static bool TryAppendHex(StringBuilder text, ReadOnlySpan<char> digits)
    {
        if (digits.IsEmpty || digits.Length % 2 != 0) return false;
        var length = text.Length;
        for (var i = 0; i < digits.Length; i += 2)
        {
            if (!byte.TryParse(digits.Slice(i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || value > 0x7f)
            {
                text.Length = length;
                return false;
            }

            text.Append((char)value);
        }

        return true;
    }
}
