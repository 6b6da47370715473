using System.Globalization;

namespace TriageWorker.Dicom.Json;

/// <summary>
/// A value's text as a JSON number (RFC 8259, 6), digit by digit as it stands: 1.50 stays 1.50. What a number cannot say, or most
/// readers' numbers could not hold, is no number here and goes out as a string, which table F.2.3-1 allows for IS, DS, SV and UV;
/// for NaN and infinity in FL and FD there is no other way.
/// </summary>
internal static class JsonNumber
{
    private const int MaxDecimalString = 16; // PS3.5, table 6.2-1; a longer one would be rounded on its way back
    private const long MostThatDoublesHold = 1L << 53;

    internal static string? Of(DicomVR vr, string value) => vr switch
    {
        DicomVR.US or DicomVR.SS or DicomVR.UL or DicomVR.SL => value,
        DicomVR.FL or DicomVR.FD when value == "-0" => "-0.0", // as a whole number its sign would be lost
        DicomVR.FL or DicomVR.FD => char.IsAsciiDigit(value[^1]) ? value : null,
        DicomVR.SV or DicomVR.UV or DicomVR.IS => IsHeldByDoubles(value) ? Rewritten(value) : null,
        DicomVR.DS => value.Length <= MaxDecimalString ? Rewritten(value) : null,
        _ => null,
    };

    private static bool IsHeldByDoubles(string value) =>
        Int128.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) && Int128.Abs(whole) <= MostThatDoublesHold;

    /// <summary>Drops what DICOM allows and JSON does not: a plus, leading zeros, a point without digits on both sides. Null for what is no finite number.</summary>
    private static string? Rewritten(string value)
    {
        var rest = value.AsSpan();
        var sign = rest[0] == '-' ? "-" : "";
        if (rest[0] is '-' or '+') rest = rest[1..];
        var whole = Digits(ref rest);
        var part = default(ReadOnlySpan<char>);
        if (rest is ['.', ..])
        {
            rest = rest[1..];
            part = Digits(ref rest);
        }
        if (whole.IsEmpty && part.IsEmpty) return null;
        var exponent = rest;
        if (rest is ['e' or 'E', ..])
        {
            rest = rest is [_, '+' or '-', ..] ? rest[2..] : rest[1..];
            if (Digits(ref rest).IsEmpty) return null;
        }
        if (!rest.IsEmpty) return null;
        whole = whole.TrimStart('0');
        var number = $"{sign}{(whole.IsEmpty ? "0" : whole)}{(part.IsEmpty ? "" : ".")}{part}{exponent}";
        return exponent.IsEmpty || double.IsFinite(double.Parse(number, CultureInfo.InvariantCulture)) ? number : null;
    }

    private static ReadOnlySpan<char> Digits(scoped ref ReadOnlySpan<char> rest)
    {
        var count = rest.IndexOfAnyExceptInRange('0', '9');
        var digits = count < 0 ? rest : rest[..count];
        rest = rest[digits.Length..];
        return digits;
    }
}
