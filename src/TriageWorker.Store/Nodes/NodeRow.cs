using TriageWorker.Triage;

namespace TriageWorker.Store;

public enum NodeState
{
    /// <summary>Seen lately.</summary>
    Live,

    /// <summary>Not seen for longer than it said, and it never said that it stops: it died, or cannot reach the database.</summary>
    Silent,

    /// <summary>It said so.</summary>
    Stopped,
}

/// <summary>What a process says of itself with every beat.</summary>
/// <param name="Slots">How many rows of a stage it works on at once; only stages that it serves.</param>
/// <param name="SilentAfter">Not seen for longer than this, it counts as silent.</param>
public sealed record NodeBeat(string Host, int ProcessId, IReadOnlyList<string> Roles, IReadOnlyDictionary<Stage, int> Slots, string CodeVersion, TimeSpan SilentAfter);

/// <summary>A process as it is known. Times are database times.</summary>
public sealed record NodeRow(string Name, string Host, int ProcessId, IReadOnlyList<string> Roles, IReadOnlyDictionary<Stage, int> Slots, string CodeVersion,
    DateTimeOffset StartedAt, DateTimeOffset SeenAt, DateTimeOffset? StoppedAt, NodeState State);

/// <summary>What all processes that live can do together.</summary>
public static class NodeRows
{
    /// <summary>The live processes that serve a stage, and their slots in all.</summary>
    public static (int Processes, int Slots) Serving(this IEnumerable<NodeRow> nodes, Stage stage)
    {
        var serving = nodes.Where(node => node.State == NodeState.Live && node.Slots.GetValueOrDefault(stage) > 0).ToArray();
        return (serving.Length, serving.Sum(node => node.Slots[stage]));
    }
}
