using System.Diagnostics.CodeAnalysis;
using TriageWorker.Triage;

namespace TriageWorker.Web;

/// <summary>One page of the worklist, as the page shows it and <c>/api/worklist</c> says it.</summary>
/// <param name="Next">The <c>after</c> of the next page; null on the last.</param>
public sealed record WorklistView(WorklistTotals Totals, IReadOnlyList<WorklistEntry> Entries, string? Next)
{
    [SuppressMessage("Performance", "CA1822", Justification = "Serialised: only instance members stand in the JSON.")]
    public string UseLimitation => Sentences.UseLimitation;

    /// <summary>At least one result of the list comes from a demonstration model.</summary>
    public bool Demonstration => Totals.Demonstration > 0;
}

/// <summary>How many studies stand on the whole list, by state.</summary>
/// <param name="Demonstration">Studies whose result comes from a demonstration model.</param>
public sealed record WorklistTotals(long Waiting, long High, long Medium, long Negative, long NotAnalysed, long Demonstration)
{
    public long Positive => High + Medium;

    public long Studies => Waiting + Positive + Negative + NotAnalysed;
}

/// <summary>How a study stands: one of the three ends, or not there yet.</summary>
public enum StudyState
{
    Waiting,
    Positive,
    Negative,
    NotAnalysed,
}

/// <summary>One study on the list.</summary>
/// <param name="Position">From 1, over all pages.</param>
/// <param name="PositionWithoutFlag">Where it would stand had no study a flag.</param>
/// <param name="Because">One sentence: why it stands where it stands, or what it waits for.</param>
public sealed record WorklistEntry(string StudyUid, long Position, long PositionWithoutFlag, StudyState State, FlagLevel Level, string Because,
    IReadOnlyList<Flag> Flags, bool Demonstration, OrderClass Order, DateTimeOffset ArrivedAt)
{
    public string? PatientName { get; init; }

    public string? PatientId { get; init; }

    public string? BirthDate { get; init; }

    public string? Sex { get; init; }

    public string? Accession { get; init; }

    public string? Description { get; init; }

    public string? StudyDate { get; init; }

    public int Images { get; init; }

    /// <summary>"was 14th, now 2nd, because of free air"; null for a study that no flag moved up.</summary>
    public string? Moved => State != StudyState.Positive || Position >= PositionWithoutFlag
        ? null
        : $"was {Ordinal.Of(PositionWithoutFlag)}, now {Ordinal.Of(Position)}, because of {string.Join(" and ", Flags.Select(flag => flag.Label.ToLowerInvariant()))}";

    /// <summary>What <see cref="Because"/> says beyond the flags that are listed anyway.</summary>
    internal string? Remark => State == StudyState.Positive && Flags.Count > 0
        ? Because.Replace(new Outcome.Positive(Flags).Sentence, "", StringComparison.Ordinal).TrimStart('.', ' ') is { Length: > 0 } rest ? rest : null
        : Because;
}
