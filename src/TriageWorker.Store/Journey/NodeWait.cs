using System.Globalization;

namespace TriageWorker.Store;

/// <summary>What is said of a study whose images lie on a node that cannot be read from.</summary>
internal static class NodeWait
{
    public static WaitsFor Sentence(ImageWait wait, WorkRow work, Surroundings around, TimeZoneInfo zone) => new(
        $"It waits for node {wait.Node.Name}, which holds {(wait.Images == 1 ? "1 of its images" : string.Create(CultureInfo.InvariantCulture, $"{wait.Images} of its images"))} and " +
        $"{(wait.Node.HeardAt is { } heard ? $"was last heard of at {SiteMoment.Of(heard, around.Now, zone)}" : "has not been heard of here")}; " +
        $"it is asked again {(work.DueAt > around.Now ? $"at {SiteMoment.Of(work.DueAt, around.Now, zone)}" : "now")}. The last try: {wait.Because}", IsTrouble: true);

    /// <summary>A node that lives is expected to answer the next try; one that is away, after as long as it was away last time.</summary>
    /// <param name="scoring">What comes after it; null when nothing has been scored here yet.</param>
    public static Eta Eta(ImageWait wait, WorkRow work, Surroundings around, TimeZoneInfo zone, TimeSpan? scoring)
    {
        var (node, next) = (wait.Node, work.DueAt > around.Now ? work.DueAt : around.Now);
        if (node.HeardAt is not { } heard) return Unknown($"nothing is known of node {node.Name}");
        if (!node.IsAway) return scoring is { } takes
            ? new(next + takes, $"node {node.Name} is there again, it is asked at {SiteMoment.Of(next, around.Now, zone)}")
            : Unknown("nothing has been scored here yet");
        if (node.LastAbsence is not { } absence) return Unknown($"node {node.Name} is away for the first time, for {SiteMoment.Span(around.Now - heard)} now");
        var back = heard + absence;
        return back > around.Now
            ? new(back + (scoring ?? TimeSpan.Zero), $"node {node.Name} was away for {SiteMoment.Span(absence)} last time")
            : Unknown($"node {node.Name} is away for {SiteMoment.Span(around.Now - heard)} now, longer than last time");
    }

    private static Eta Unknown(string because) => new(null, $"unknown, because {because}");
}
