using System.Buffers;
using TriageWorker.Dicom.Dictionary;

namespace TriageWorker.Dicom.Matching;

/// <summary>Reads what a query says of an attribute, by its value representation (PS3.4, C.2.2.2).</summary>
public static class MatchReader
{
    private const string LatestTime = "235959.999999";
    private static readonly SearchValues<char> ListSeparators = SearchValues.Create(",\\"), UidCharacters = SearchValues.Create("0123456789.");

    /// <returns>What is wrong with the value, as a clause that follows "is refused because"; null when it was read.</returns>
    public static string? TryRead(DicomTag tag, string text, out AttributeMatch match)
    {
        match = new AttributeMatch.Any();
        text = text.Trim();
        if (text.Trim('*').Length == 0) return null;
        var vrs = DicomDictionary.VRsOf(tag);
        return vrs.IsEmpty ? "its value representation is not known" : vrs[0] switch
        {
            DicomVR.UI => ReadUids(text, out match),
            DicomVR.DA => ReadRange(text, IsDate, date => date, "a date is eight digits (20250131) or a range of two (20250101-20250131)", out match),
            DicomVR.TM => ReadRange(text, IsTime, LastOf, "a time is digits (0930, 093015.5) or a range of two (0800-1200)", out match),
            DicomVR.SQ => "sequences are not matched",
            DicomVR.CS => ReadCodes(text, out match),
            _ => ReadText(text, out match),
        };
    }

    private static string? ReadText(string text, out AttributeMatch match)
    {
        match = text.AsSpan().ContainsAny('*', '?') ? new AttributeMatch.Wildcard(text) : new AttributeMatch.OneOf([text]);
        return null;
    }

    /// <summary>A code holds neither comma nor backslash (PS3.5, 6.2, CS), so both part a list, as clients write them.</summary>
    private static string? ReadCodes(string text, out AttributeMatch match) =>
        text.AsSpan().ContainsAny(ListSeparators) ? ReadList(text, out match) : ReadText(text, out match);

    private static string? ReadUids(string text, out AttributeMatch match)
    {
        ReadList(text, out match);
        return ((AttributeMatch.OneOf)match).Values.All(IsUid) ? null : "it holds something that is no UID";
    }

    private static string? ReadList(string text, out AttributeMatch match)
    {
        match = new AttributeMatch.OneOf(text.Split([',', '\\'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return null;
    }

    private static string? ReadRange(string text, Func<string, bool> isValue, Func<string, string> lastOf, string rule, out AttributeMatch match)
    {
        match = new AttributeMatch.Any();
        var ends = text.Split('-', StringSplitOptions.TrimEntries);
        if (ends.Length > 2 || ends.All(end => end.Length == 0) || !ends.All(end => end.Length == 0 || isValue(end))) return rule;
        var (from, to) = (ends[0], ends[^1]);
        match = ends.Length == 1 && lastOf(from) == from
            ? new AttributeMatch.OneOf([from])
            : new AttributeMatch.Between(from.Length == 0 ? null : from, to.Length == 0 ? null : lastOf(to));
        return null;
    }

    // Lenient: files hold UIDs that break the rule of leading zeros.
    private static bool IsUid(string text) => text.Length is > 0 and <= 64 && !text.AsSpan().ContainsAnyExcept(UidCharacters);

    private static bool IsDate(string text) => text.Length == 8 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    private static bool IsTime(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? text : text[..point];
        var part = point < 0 ? "" : text[(point + 1)..];
        return whole.Length is 2 or 4 or 6 && (point < 0 || (whole.Length == 6 && part.Length is > 0 and <= 6))
            && !whole.AsSpan().ContainsAnyExceptInRange('0', '9') && !part.AsSpan().ContainsAnyExceptInRange('0', '9');
    }

    /// <summary>09 is the whole hour, 0930 the whole minute (PS3.4, C.2.2.2.5).</summary>
    private static string LastOf(string time) => time.Length <= 6 ? time + LatestTime[time.Length..] : time.PadRight(LatestTime.Length, '9');
}
