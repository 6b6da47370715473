using TriageWorker.Store;

namespace TriageWorker.Host.Studies;

/// <summary>What one reading of a study says that the one before did not.</summary>
/// <param name="HasOtherWait">It waits for something else, or moved on in the queue; seconds that merely pass do not count.</param>
public sealed record StudyNews(IReadOnlyList<Hop> Hops, bool HasOtherWait)
{
    public bool IsNothing => Hops.Count == 0 && !HasOtherWait;
}

internal static class StudyNewsExtensions
{
    public static StudyNews Tells(this StudyDocument now, StudyDocument before) => new([.. now.Hops.Except(before.Hops)], Kind(now) != Kind(before));

    // "Waiting for CT1 to go quiet: 3.2 s of 5.0 s" counts on by itself; nothing else in these sentences has a decimal point between digits and a unit.
    private static string Kind(StudyDocument study) => string.Join(' ', study.WaitsFor.Sentence.Split(' ').Where(word => !word.Contains('.', StringComparison.Ordinal) || !char.IsDigit(word[0])));
}
