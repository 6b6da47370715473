namespace TriageWorker.Dicom.Matching;

/// <summary>What a query wants of one attribute (PS3.4, C.2.2.2). Which letters count as the same is for the one who looks.</summary>
public abstract record AttributeMatch
{
    private AttributeMatch()
    {
    }

    /// <summary>Universal matching: everything, also what has no value.</summary>
    public sealed record Any : AttributeMatch;

    /// <summary>Single value matching, and lists of UIDs and codes: the value is one of these.</summary>
    public sealed record OneOf(IReadOnlyList<string> Values) : AttributeMatch;

    /// <summary>Wild card matching: * stands for any characters or none, ? for one.</summary>
    public sealed record Wildcard(string Pattern) : AttributeMatch;

    /// <summary>Range matching of dates and times, both ends included; null is open. Compared as text: a time's end is filled up to its last microsecond.</summary>
    public sealed record Between(string? From, string? To) : AttributeMatch;

    /// <summary>Whether one of an attribute's values is wanted. Text is compared as it stands, names without regard to case.</summary>
    public bool Takes(IReadOnlyList<string> values, DicomVR vr)
    {
        var compare = vr == DicomVR.PN ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return this switch
        {
            OneOf(var wanted) => values.Any(value => wanted.Any(one => one.Equals(value, compare) || SameNumber(one, value, vr))),
            Wildcard(var pattern) => values.Any(value => WildcardText.Takes(pattern, value, compare)),
            Between(var from, var to) => values.Any(value => (from is null || string.CompareOrdinal(value, from) >= 0) && (to is null || string.CompareOrdinal(value, to) <= 0)),
            _ => true,
        };
    }

    private static bool SameNumber(string one, string other, DicomVR vr) =>
        vr is DicomVR.IS or DicomVR.US or DicomVR.UL && long.TryParse(one, out var left) && long.TryParse(other, out var right) && left == right;
}

/// <summary>An attribute and what is wanted of it.</summary>
public sealed record MatchKey(DicomTag Tag, AttributeMatch Match);

/// <summary>The levels of the Study Root model (PS3.4, C.6.2.1).</summary>
public enum QueryLevel
{
    Study,
    Series,
    Instance,
}
