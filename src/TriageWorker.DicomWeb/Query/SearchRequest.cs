using TriageWorker.Dicom;
using TriageWorker.Dicom.Matching;

namespace TriageWorker.DicomWeb;

/// <summary>What a search asks for (PS3.18, 10.6.1).</summary>
/// <param name="Level">Of the resources wanted.</param>
/// <param name="Keys">What has to match; the UIDs of the address come first.</param>
public sealed record SearchRequest(QueryLevel Level, IReadOnlyList<MatchKey> Keys)
{
    /// <summary>The study in the address; null for a search over all.</summary>
    public string? Study { get; init; }

    /// <summary>The series in the address.</summary>
    public string? Series { get; init; }

    /// <summary>Attributes wanted beside those of the level.</summary>
    public IReadOnlyList<DicomTag> Include { get; init; } = [];

    /// <summary>All attributes that are known.</summary>
    public bool IncludeAll { get; init; }

    /// <summary>Matches to answer with at most; never more than the server allows.</summary>
    public required int Limit { get; init; }

    /// <summary>Matches to leave out first.</summary>
    public int Offset { get; init; }
}

/// <summary>What a search found.</summary>
public abstract record SearchAnswer
{
    private SearchAnswer()
    {
    }

    /// <summary>The matches in an order that stays from page to page.</summary>
    /// <param name="MoreRemain">There are matches beyond these.</param>
    public sealed record Matches(IReadOnlyList<DicomDataset> All, bool MoreRemain) : SearchAnswer
    {
        /// <summary>Which of the attributes that were asked for are not given, and why: a sentence. Null: none.</summary>
        public string? Lacking { get; init; }
    }

    /// <summary>A key or its value cannot be searched by; the sentence says which and what can be.</summary>
    public sealed record Refused(string Why) : SearchAnswer;
}

/// <summary>Looks for what is asked.</summary>
public delegate Task<SearchAnswer> Search(SearchRequest request, CancellationToken stop);
