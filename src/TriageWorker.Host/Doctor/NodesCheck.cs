using TriageWorker.Host.Administration;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Host.Doctor;

/// <summary>Processes are there for every stage, none has fallen silent, and all run the same code.</summary>
internal sealed class NodesCheck(DatabaseDoor door, SiteTimes times) : Check("processes")
{
    private static readonly TimeSpan Within = TimeSpan.FromHours(1);

    public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
    {
        if (await door.TryOpenLaidAsync() is not { } database) return [];
        var seen = await new NodeStore(database, NodeName.OfThisProcess).SeenAsync(Within, stop);
        var live = seen.Where(node => node.State == NodeState.Live).ToArray();
        return live.Length == 0 ? [.. Silent(seen), Warning("No process of the product is running.", "triage run starts it.")] : [.. Silent(seen), .. Living(live)];
    }

    private IEnumerable<Diagnosis> Silent(IEnumerable<NodeRow> seen) => seen.Where(node => node.State == NodeState.Silent).Select(node => Warning(
        $"{node.Name} ({Roles(node)}) is silent since {times.Text(node.SeenAt)}.", "It ended without saying so, or cannot reach the database: look at its log, and start it again."));

    private IEnumerable<Diagnosis> Living(NodeRow[] live)
    {
        foreach (var node in live)
            yield return Ok($"{node.Name} ({Roles(node)}) runs since {times.Text(node.StartedAt)}{string.Concat(node.Slots.OrderBy(slots => slots.Key).Select(slots => $", {slots.Value} {slots.Key.ToString().ToLowerInvariant()} slots"))}.");
        foreach (var stage in Enum.GetValues<Stage>().Where(stage => live.Serving(stage).Processes == 0))
            yield return Fault($"No process works on {stage.Column()}.", $"Start one with the role {RoleOf(stage)}.");
        if (live.All(node => !node.Roles.Contains("intake")))
            yield return Warning("No process takes images.", "Start one with the role intake.");
        if (live.Select(node => node.CodeVersion).Distinct().Count() > 1)
            yield return Warning($"Processes run different code: {string.Join("; ", live.GroupBy(node => node.CodeVersion).Select(group => $"{group.Key} on {string.Join(", ", group.Select(node => node.Name))}"))}.", "Finish the update.");
    }

    private static string Roles(NodeRow node) => node.Roles.Count == 0 ? "no role told" : string.Join(", ", node.Roles);

    private static string RoleOf(Stage stage) => stage == Stage.Closing ? "jobs" : stage.Column();
}
