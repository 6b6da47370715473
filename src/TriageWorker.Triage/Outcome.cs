namespace TriageWorker.Triage;

/// <summary>A finding that reached its approved threshold.</summary>
public sealed record Flag(string Key, string Label, FlagLevel Level, double Score, double Threshold);

/// <summary>A positive or negative verdict that images which came later could not change.</summary>
public sealed record KeptVerdict(string Sentence, IReadOnlyList<Flag> Flags);

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
    public sealed record NotAnalysed(string Because) : Outcome
    {
        /// <summary>What the study's earlier images gave. It stands, and is said again, so that this is not read as taking it back.</summary>
        public KeptVerdict? Kept { get; init; }
    }

    /// <summary>What fired, also when it did so in images before these.</summary>
    public IReadOnlyList<Flag> Fired => this switch
    {
        Positive positive => positive.Flags,
        NotAnalysed { Kept: { } kept } => kept.Flags,
        _ => [],
    };

    public FlagLevel Level => Fired.Count == 0 ? FlagLevel.None : Fired.Max(flag => flag.Level);

    /// <summary>One sentence for the list. Scores are cosines that differ in the third place, so they have four, as in the documents.</summary>
    public string Sentence => this switch
    {
        Positive positive => string.Join(", ", positive.Flags.Select(flag =>
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{flag.Label} {flag.Score:0.0000} (threshold {flag.Threshold:0.0000})"))),
        Negative negative => $"None of {negative.Checked} approved findings reached its threshold.",
        NotAnalysed { Kept: { } kept } not => Sentences.Then(kept.Sentence, $"Later images were not analysed because {not.Because}"),
        NotAnalysed not => $"Not analysed because {not.Because}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
