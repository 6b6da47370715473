using System.Globalization;
using TriageWorker.Dicom;

namespace TriageWorker.DicomWeb;

/// <summary>At which level a search looks (PS3.18, 10.6).</summary>
public enum SearchFor
{
    Studies,
    Series,
    Instances,
}

/// <summary>A QIDO-RS search: what is looked for, and what is wanted of each match.</summary>
/// <param name="Study">Looks inside this study only.</param>
/// <param name="SeriesUid">Looks inside this series of the study only.</param>
public sealed record InstanceQuery(SearchFor Level, string? Study = null, string? SeriesUid = null)
{
    /// <summary>Attributes and what they must be, with the wildcards and ranges of PS3.4, C.2.2.2.</summary>
    public IReadOnlyDictionary<DicomTag, string> Matching { get; init; } = new Dictionary<DicomTag, string>();

    /// <summary>Attributes that are wanted beside those that are always given.</summary>
    public IReadOnlyList<DicomTag> Include { get; init; } = [];

    /// <summary>At most so many; null leaves it to the server.</summary>
    public int? Limit { get; init; }

    /// <summary>So many of the first matches are left out.</summary>
    public int Offset { get; init; }

    /// <summary>Relative to the service (PS3.18, table 10.6.1-2).</summary>
    internal string Path
    {
        get
        {
            var inside = (Study is null ? "" : $"studies/{Study}/") + (SeriesUid is null ? "" : $"series/{SeriesUid}/");
            // A wildcard goes as it is: some servers look for it before they decode the address.
            var parameters = Matching.Select(pair => $"{Key(pair.Key)}={Uri.EscapeDataString(pair.Value).Replace("%2A", "*", StringComparison.Ordinal)}")
                .Concat(Include.Select(tag => $"includefield={Key(tag)}"))
                .Concat(Limit is { } limit ? [$"limit={limit.ToString(CultureInfo.InvariantCulture)}"] : [])
                .Concat(Offset > 0 ? [$"offset={Offset.ToString(CultureInfo.InvariantCulture)}"] : []);
            return $"{inside}{Level.ToString().ToLowerInvariant()}?{string.Join('&', parameters)}";
        }
    }

    private static string Key(DicomTag tag) => tag.Value.ToString("X8", CultureInfo.InvariantCulture);
}
