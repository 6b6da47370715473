namespace TriageWorker.Store;

/// <summary>What a run of retention did in one spool.</summary>
/// <param name="Rule">When images go, as a sentence.</param>
/// <param name="Held">Studies that are old enough, or oldest while room is short, and stay: how many for which reason.</param>
public sealed record RetentionRun(
    DateTimeOffset At, string Rule, int Studies, int Series, int Images, long Bytes, long FreeBytes, IReadOnlyDictionary<string, int> Held)
{
    /// <summary>What it did, and what it had to leave.</summary>
    public string Sentence => Studies == 0 ? $"Nothing was removed.{HeldSentence}"
        : $"{Count(Images, "image")} of {(Studies == 1 ? "1 study" : $"{Studies} studies")} removed.{HeldSentence}";

    private string HeldSentence => Held.Count == 0 ? "" : $" {Held.Values.Sum()} had to stay: {string.Join("; ", Held.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Value} because {pair.Key}"))}.";

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
