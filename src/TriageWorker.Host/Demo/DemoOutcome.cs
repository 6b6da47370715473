using TriageWorker.Store;

namespace TriageWorker.Host.Demo;

/// <summary>How a study of the demonstration ended.</summary>
/// <param name="State">One of the three states; null when it has none within the deadline.</param>
/// <param name="Flags">Findings that reached their threshold.</param>
/// <param name="Because">The reason in words.</param>
/// <param name="Time">From its last image to the decision.</param>
public sealed record DemoOutcome(PushedStudy Pushed, string? State, string Flags, string Because, TimeSpan? Time)
{
    public static DemoOutcome Of(PushedStudy pushed, StudyPage page)
    {
        var decision = page.Decisions[^1];
        var flags = string.Join(", ", decision.Flags.Select(flag => $"{flag.Label} ({flag.Level.ToString().ToUpperInvariant()})"));
        return new DemoOutcome(pushed, Words(decision.State), flags, decision.Because, decision.DecidedAt - page.Study.LastReceivedAt);
    }

    /// <summary>Nothing of it arrived, so the list has no row: the reason is told here, as the listener gave it.</summary>
    public static DemoOutcome NothingArrived(PushedStudy pushed) =>
        new(pushed, "not analysed", "", $"nothing of it could be stored; {pushed.FirstTrouble}", null);

    /// <summary>No outcome in time; says how far it came.</summary>
    public static DemoOutcome Overdue(PushedStudy pushed, StudyPage? page) => new(pushed, null, "", HowFar(page), null);

    private static string HowFar(StudyPage? page)
    {
        if (page is null) return "the images are stored but not listed yet";
        var open = page.Work.Where(work => work.State != "done").Select(work => work.LastError is { } error ? $"{work.Stage} (attempt {work.Attempts}: {error})" : $"{work.Stage} is {work.State}").ToList();
        if (open.Count > 0) return string.Join("; ", open);
        return page.Study.ClosedBecause ?? "more images are awaited";
    }

    private static string Words(string state) => state.Replace('_', ' ');
}
