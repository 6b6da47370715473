namespace TriageWorker.Intake;

/// <summary>What is wrong with the settings of queries, each fault with its key below <c>Intake</c>.</summary>
internal static class IntakeQueryFaults
{
    public static IEnumerable<string> Of(IntakeQueryOptions query) => Found(query).Select(fault => $"{nameof(IntakeOptions.Query)}:{fault}");

    private static IEnumerable<string> Found(IntakeQueryOptions query)
    {
        if (query.MaxMatches is < 1 or > 1_000_000) yield return $"{nameof(query.MaxMatches)}: {query.MaxMatches} is not within 1 to 1000000.";
        if (query.MaxSearches is < 1 or > 64) yield return $"{nameof(query.MaxSearches)}: {query.MaxSearches} is not within 1 to 64.";
        if (query.MaxRetrievals is < 1 or > 64) yield return $"{nameof(query.MaxRetrievals)}: {query.MaxRetrievals} is not within 1 to 64.";
        if (query.MaxAssociations is < 1 or > 1000) yield return $"{nameof(query.MaxAssociations)}: {query.MaxAssociations} is not within 1 to 1000.";
        for (var i = 0; i < query.Destinations.Count; i++)
        {
            var (one, key) = (query.Destinations[i], $"{nameof(query.Destinations)}:{i}");
            if (!IntakeOptionsValidator.IsAeTitle(one.AeTitle)) yield return $"{key}:{nameof(one.AeTitle)}: '{one.AeTitle}' is no application entity title (1 to 16 characters of ASCII, no backslash).";
            else if (query.Destinations.Take(i).Any(other => other.AeTitle.Trim() == one.AeTitle.Trim())) yield return $"{key}:{nameof(one.AeTitle)}: {one.AeTitle} stands there twice.";
            if (string.IsNullOrWhiteSpace(one.Host)) yield return $"{key}:{nameof(one.Host)}: it says no host to send to.";
            if (one.Port is < 1 or > ushort.MaxValue) yield return $"{key}:{nameof(one.Port)}: {one.Port} is no port (1 to {ushort.MaxValue}).";
        }
    }
}
