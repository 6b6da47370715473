using System.Text;

namespace TriageWorker.Dicom.Text;

/// <summary>The defined terms of Specific Character Set (PS3.3, C.12.1.1.2), and how files misspell them.</summary>
internal static class CharacterSetTerms
{
    private static readonly Dictionary<string, int> CodePages = new(StringComparer.Ordinal)
    {
        ["6"] = 20127, ["100"] = 28591, ["101"] = 28592, ["109"] = 28593, ["110"] = 28594, ["144"] = 28595, ["127"] = 28596,
        ["126"] = 28597, ["138"] = 28598, ["148"] = 28599, ["203"] = 28605, ["166"] = 874, ["13"] = 932, ["192"] = 65001,
        ["GB18030"] = 54936, ["GBK"] = 936,
        ["87"] = 20932, ["159"] = 20932, ["149"] = 949, ["58"] = 936, // reached by escape sequences only
    };

    /// <summary>As tables C.12-2 to C.12-5 write them; an empty value 1 is the default repertoire.</summary>
    private static readonly HashSet<string> Defined = new(StringComparer.Ordinal)
    {
        "", "ISO_IR 100", "ISO_IR 101", "ISO_IR 109", "ISO_IR 110", "ISO_IR 144", "ISO_IR 127", "ISO_IR 126", "ISO_IR 138", "ISO_IR 148", "ISO_IR 203",
        "ISO_IR 13", "ISO_IR 166", "ISO_IR 192", "GB18030", "GBK",
        "ISO 2022 IR 6", "ISO 2022 IR 100", "ISO 2022 IR 101", "ISO 2022 IR 109", "ISO 2022 IR 110", "ISO 2022 IR 144", "ISO 2022 IR 127", "ISO 2022 IR 126",
        "ISO 2022 IR 138", "ISO 2022 IR 148", "ISO 2022 IR 203", "ISO 2022 IR 13", "ISO 2022 IR 166", "ISO 2022 IR 87", "ISO 2022 IR 159", "ISO 2022 IR 149", "ISO 2022 IR 58",
    };

    static CharacterSetTerms() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Whether the standard has the term, letter for letter.</summary>
    internal static bool IsDefined(string term) => Defined.Contains(term);

    internal static bool IsKnown(string term) => CodePages.ContainsKey(NumberOf(term));

    /// <summary>ISO 2022 terms allow escape sequences.</summary>
    internal static bool IsExtension(string term) => term.Contains("2022", StringComparison.Ordinal);

    /// <summary>The encoding before any escape sequence; null when nothing (or nothing known) is declared.</summary>
    internal static Encoding? EncodingOf(string term) => NumberOf(term) switch
    {
        "" or "6" => null, // plain ASCII; bytes above it are read as undeclared
        "87" or "159" => null, // their bytes are seven-bit and follow an escape sequence
        var number => CodePages.TryGetValue(number, out var page) ? CodePage(page) : null,
    };

    internal static Encoding CodePage(int page) => page == 65001 ? new UTF8Encoding(false) : Encoding.GetEncoding(page);

    /// <summary>"ISO_IR 100", "ISO 2022 IR 100", "ISO-IR_100", "iso ir 100" → "100"; "ISO 8859-1" and "UTF-8" are seen too.</summary>
    internal static string NumberOf(string term)
    {
        var text = term.Trim().ToUpperInvariant().Replace('_', ' ').Replace('-', ' ');
        return text switch
        {
            "GB18030" or "GB 18030" => "GB18030",
            "GBK" => "GBK",
            "UTF 8" or "UTF8" or "ISO 10646" => "192",
            "ISO 8859 1" or "LATIN1" or "LATIN 1" => "100",
            "ISO 8859 2" => "101",
            "ISO 8859 5" => "144",
            "ISO 8859 15" => "203",
            _ => text.StartsWith("ISO", StringComparison.Ordinal) && text.LastIndexOf(' ') is var space and > 0
                ? text[(space + 1)..].Replace("IR", "", StringComparison.Ordinal)
                : text,
        };
    }
}
