namespace TriageWorker.Triage;

/// <summary>A finding that reached its approved threshold.</summary>
public sealed record Flag(string Key, string Label, FlagLevel Level, double Score, double Threshold);

/// <summary>How a study ends. There is no fourth way, and none of the three is silent.</summary>
public abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>At least one approved finding reached its threshold. <paramref name="Flags"/>: strongest level first.</summary>
    public sealed record Positive(IReadOnlyList<Flag> Flags) : Outcome;

    /// <summary>At least one finding is approved, all approved ones were scored, none fired.</summary>
    public sealed record Negative(int Checked) : Outcome;

    /// <summary>No verdict, with the reason as a clause that follows "not analysed because".</summary>
    public sealed record NotAnalysed(string Because) : Outcome;

    public FlagLevel Level => this is Positive positive ? positive.Flags.Max(flag => flag.Level) : FlagLevel.None;

    /// <summary>One sentence for the list.</summary>
    public string Sentence => this switch
    {
        Positive positive => string.Join(", ", positive.Flags.Select(flag =>
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{flag.Label} {flag.Score:0.00} (threshold {flag.Threshold:0.00})"))),
        Negative negative => $"None of {negative.Checked} approved findings reached its threshold.",
        NotAnalysed not => $"Not analysed because {not.Because}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
