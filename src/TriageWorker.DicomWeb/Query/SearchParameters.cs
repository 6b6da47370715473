using System.Globalization;
using Microsoft.AspNetCore.Http;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Matching;

namespace TriageWorker.DicomWeb;

/// <summary>Reads the query of a search address (PS3.18, 8.3.4). The first thing that cannot be understood is said in words.</summary>
internal sealed class SearchParameters(SearchLimits limits)
{
    public const string Fuzzy = "fuzzymatching", IncludeField = "includefield", LimitName = "limit", OffsetName = "offset";

    private readonly List<MatchKey> _keys = [];
    private readonly List<DicomTag> _include = [];
    private bool _includeAll;
    private int? _limit;
    private int _offset;

    public bool WantsFuzzy { get; private set; }

    /// <summary>More was asked for than the server answers with.</summary>
    public bool IsLimited { get; private set; }

    /// <returns>What is wrong, or null.</returns>
    public string? TryRead(QueryLevel level, RetrieveTarget? inside, IQueryCollection query, out SearchRequest request)
    {
        request = new SearchRequest(level, []) { Limit = 0 };
        if (inside is not null) _keys.Add(new(DicomTag.StudyInstanceUID, new AttributeMatch.OneOf([inside.Study])));
        if (inside?.Series is { } series) _keys.Add(new(DicomTag.SeriesInstanceUID, new AttributeMatch.OneOf([series])));
        foreach (var (name, values) in query)
            foreach (var value in values)
                if (Read(name, value ?? "") is { } fault)
                    return fault;
        IsLimited = _limit is null || _limit > limits.MostMatches;
        request = new SearchRequest(level, _keys)
        {
            Study = inside?.Study,
            Series = inside?.Series,
            Include = _include,
            IncludeAll = _includeAll,
            Limit = Math.Min(_limit ?? limits.MostMatches, limits.MostMatches),
            Offset = _offset,
        };
        return null;
    }

    private string? Read(string name, string value)
    {
        switch (name.ToLowerInvariant())
        {
            case "accept": return null;
            case LimitName: return ReadNumber(name, value, number => _limit = number);
            case OffsetName: return ReadNumber(name, value, number => _offset = number);
            case IncludeField: return ReadInclude(value);
            case Fuzzy when bool.TryParse(value, out var fuzzy):
                WantsFuzzy = fuzzy;
                return null;
            case Fuzzy: return $"{Fuzzy} is true or false.";
            default: return ReadKey(name, value);
        }
    }

    private static string? ReadNumber(string name, string value, Action<int> take)
    {
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return $"{name} is a whole number from 0.";
        take(number);
        return null;
    }

    private string? ReadInclude(string value)
    {
        foreach (var field in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (field == "all") _includeAll = true;
            else if (TryFindTag(field.Split('.')[0], out var tag)) _include.Add(tag); // a sequence comes with its items
            else return $"{IncludeField} names an attribute that PS3.6 does not know: {Shown(field)}. Write its keyword (StudyDescription), its tag (00081030), or all.";
        }

        return null;
    }

    private string? ReadKey(string name, string value)
    {
        if (name.Contains('.', StringComparison.Ordinal)) return $"{Shown(name)}: attributes of sequence items are not matched here.";
        if (!TryFindTag(name, out var tag)) return $"{Shown(name)} is no attribute of PS3.6 and no parameter of a search. Write an attribute by its keyword (PatientID) or its tag (00100020).";
        if (MatchReader.TryRead(tag, value, out var match) is { } because) return $"{tag} is refused because {because}.";
        if (match is AttributeMatch.Any) _include.Add(tag); // universal matching asks for the value
        else _keys.Add(new(tag, match));
        return null;
    }

    private static bool TryFindTag(string text, out DicomTag tag) => DicomTag.TryParse(text, out tag) && (tag.Keyword is not null || tag.IsPrivate);

    private static string Shown(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
