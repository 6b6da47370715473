namespace TriageWorker.Triage;

/// <summary>How a study ended, from what weighs least to what weighs most where packages disagree.</summary>
public enum StudyOutcome
{
    NotAnalysed,
    Negative,
    Positive,
}

/// <summary>What one package's newest decision says of a study.</summary>
/// <param name="Package">Its title, as people read it.</param>
/// <param name="Outcome">The verdict that stands: of earlier images, where later ones could not be analysed.</param>
/// <param name="Sentence">As it was decided.</param>
public sealed record PackageSays(string Package, StudyOutcome Outcome, string Sentence, IReadOnlyList<Flag> Flags, bool Demonstration);

/// <summary>
/// What a study shows whose packages may disagree: positive when one of them is, not analysed only when none could analyse it. Nothing
/// that one of them said is left out, and one that has not said anything yet is named.
/// </summary>
public sealed record StudyVerdict(StudyOutcome Outcome, string Sentence, IReadOnlyList<Flag> Flags, bool Demonstration)
{
    public FlagLevel Level => Flags.Count == 0 ? FlagLevel.None : Flags.Max(flag => flag.Level);

    /// <param name="says">At least one, each package once.</param>
    /// <param name="awaited">Titles of packages that are still to score it and have said nothing yet.</param>
    public static StudyVerdict Of(IReadOnlyList<PackageSays> says, IReadOnlyList<string> awaited)
    {
        var outcome = says.Max(each => each.Outcome);
        Flag[] flags = [.. says.SelectMany(each => each.Flags).OrderByDescending(flag => flag.Level).ThenByDescending(flag => flag.Score - flag.Threshold)];
        var sentence = says is [var only] && awaited.Count == 0
            ? only.Sentence
            : string.Join(' ', Sentences([.. says.OrderByDescending(each => each.Outcome).ThenBy(each => each.Package, StringComparer.Ordinal)], flags, awaited));
        // A real package's word is not worth less because a demonstration said the same.
        return new(outcome, sentence, flags, says.Where(each => each.Outcome == outcome).All(each => each.Demonstration));
    }

    private static IEnumerable<string> Sentences(PackageSays[] says, Flag[] flags, IReadOnlyList<string> awaited)
    {
        if (flags.Length > 0) yield return Ended(new Outcome.Positive(flags).Sentence);
        foreach (var each in says)
        {
            if (each.Outcome != StudyOutcome.Positive) yield return $"{each.Package}: {Ended(each.Sentence)}";
            else if (Rest(each) is { Length: > 0 } rest) yield return $"{each.Package}: positive. {Ended(rest)}";
            else yield return $"{each.Package}: positive.";
        }

        foreach (var title in awaited) yield return $"{title} has not scored it yet.";
    }

    // Its flags are said before, among those of all.
    private static string Rest(PackageSays says) => says.Sentence.Replace(new Outcome.Positive(says.Flags).Sentence, "", StringComparison.Ordinal).TrimStart('.', ' ');

    private static string Ended(string sentence) => sentence.EndsWith('.') ? sentence : $"{sentence}.";
}
