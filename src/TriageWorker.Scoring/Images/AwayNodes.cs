using Microsoft.Extensions.Options;
using TriageWorker.Store;

namespace TriageWorker.Scoring;

/// <summary>Nodes that hold images of studies which wait to be scored, for longer than they may.</summary>
internal sealed class AwayNodes(ImageWaitStore waits, IOptions<ScoringRoleOptions> role) : IWatched
{
    public const string Kind = "node.away";

    private const string Over = "No study waits for it any more.";

    public async ValueTask<IReadOnlyList<Watched>> LookAsync(CancellationToken stop) =>
        [.. (await waits.NodesAsync(stop)).Select(node => node.Studies > 0 && node.Longest >= role.Value.Nodes.AlarmAfter
            ? Watched.Troubled(new(Kind, Subject(node), AlarmSeverity.Critical,
                $"{(node.Studies == 1 ? "1 study waits" : $"{node.Studies} studies wait")} for images that node {node.Node.Name} holds and that cannot be read from it. " +
                $"It was last heard of {(node.Node.HeardAt is { } at ? $"at {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC" : "never")}: start its intake process, or look at the network and at Spool:Sharing there; " +
                "where it is gone for good, send the studies again."), Over)
            : Watched.Well(Kind, Subject(node), Over))];

    // Its name is another one when its volume is on another host.
    private static string Subject(WaitingNode node) => node.Node.Id.ToString();
}
