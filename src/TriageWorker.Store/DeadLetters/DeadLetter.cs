using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>Studies whose work ended for the same reason.</summary>
/// <param name="Key">As <c>stage/lane/cause</c>, without the lane where there is none: <c>delivery/pacs/status-0122</c>.</param>
/// <param name="Lane">The destination; null when it is no delivery.</param>
/// <param name="Words">The reason as a clause, without what is particular to one study.</param>
/// <param name="FirstAt">When the first of those that are still here ended.</param>
public sealed record DeadCause(string Key, Stage Stage, string? Lane, string Words, int Studies, DateTimeOffset FirstAt, DateTimeOffset LastAt)
{
    /// <summary>"Delivery to pacs: it answers 0x0122 (SOP class not supported)".</summary>
    public string Sentence => Lane is null ? $"{Stage}: {Words}" : $"{Stage} to {Lane}: {Words}";
}

/// <summary>A study of which something ended without its purpose. One a study, however much of it did.</summary>
/// <param name="Cause">The first on the study's way; see <see cref="DeadCause.Key"/>.</param>
/// <param name="Because">What happened to this study.</param>
/// <param name="Ends">How much of it has ended so: a document each, or a step.</param>
public sealed record DeadLetter(StudyUid Study, string? Accession, string Cause, string Because, int Ends, DateTimeOffset At);

/// <summary>What a replay did.</summary>
/// <param name="Due">Steps and documents that are due again.</param>
/// <param name="Superseded">Documents that are not sent any more, as a newer result has replaced them.</param>
/// <param name="Waiting">Steps that come by themselves, as the study is receiving images again.</param>
public readonly record struct Replayed(int Due, int Superseded, int Waiting)
{
    /// <summary>False: there was nothing to replay, perhaps because somebody else just did.</summary>
    public bool IsAny => Due + Superseded + Waiting > 0;

    public static Replayed operator +(Replayed one, Replayed other) => new(one.Due + other.Due, one.Superseded + other.Superseded, one.Waiting + other.Waiting);

    public static Replayed Add(Replayed left, Replayed right) => left + right;
}

/// <summary>What a replay of several studies did.</summary>
/// <param name="Studies">Studies of which something was replayed.</param>
public readonly record struct ReplayedStudies(int Studies, Replayed Work)
{
    /// <summary>For people: "3 studies: 5 steps or documents are due again".</summary>
    public string Sentence => Studies == 0
        ? "Nothing was left to replay: somebody did it already, or it has ended well meanwhile."
        : $"{Studies} {(Studies == 1 ? "study" : "studies")}: {string.Join(", ", Parts())}.";

    private IEnumerable<string> Parts()
    {
        if (Work.Due > 0) yield return $"{Work.Due} {(Work.Due == 1 ? "step or document is" : "steps or documents are")} due again";
        if (Work.Superseded > 0) yield return $"{Work.Superseded} {(Work.Superseded == 1 ? "document is" : "documents are")} not sent any more, as a newer result has replaced {(Work.Superseded == 1 ? "it" : "them")}";
        if (Work.Waiting > 0) yield return $"{Work.Waiting} will be scored by itself, as images are arriving again";
    }
}
