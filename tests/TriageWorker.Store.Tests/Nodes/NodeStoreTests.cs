using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests.Nodes;

public sealed class NodeStoreTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7), Day = TimeSpan.FromDays(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_is_live_while_it_beats_silent_when_it_is_late_and_stopped_when_it_says_so()
    {
        var (store, name) = Store();
        await store.BeatAsync(Beat(), Week, Stop);
        var live = await OfAsync(name);
        (live.State, live.Roles, live.CodeVersion).ShouldBe((NodeState.Live, live.Roles, "0.1.0"));
        live.Roles.ShouldBe(["jobs", "scoring"]);
        live.Slots.ShouldBe(new Dictionary<Stage, int> { [Stage.Closing] = 1, [Stage.Scoring] = 2 }, ignoreOrder: true);

        await fixture.ExecuteAsync("update node set seen_at = clock_timestamp() - interval '16 seconds' where name = $1", name);
        var silent = await OfAsync(name);
        silent.State.ShouldBe(NodeState.Silent);
        new[] { silent }.Serving(Stage.Scoring).ShouldBe((0, 0));

        await store.BeatAsync(Beat(), Week, Stop);
        (await OfAsync(name)).State.ShouldBe(NodeState.Live, "it was away for a while");
        await store.StoppedAsync(Stop);
        await fixture.ExecuteAsync("update node set seen_at = seen_at - interval '1 hour' where name = $1", name);
        (await OfAsync(name)).State.ShouldBe(NodeState.Stopped, "who says that it stops never counts as silent");
    }

    [Fact]
    public async Task What_all_live_processes_can_do_is_added_up()
    {
        await Store().Store.BeatAsync(Beat() with { Slots = new Dictionary<Stage, int> { [Stage.Delivery] = 3 } }, Week, Stop);
        await Store().Store.BeatAsync(Beat() with { Slots = new Dictionary<Stage, int> { [Stage.Delivery] = 4 } }, Week, Stop);
        (await Store().Store.SeenAsync(Day, Stop)).Serving(Stage.Delivery).ShouldBe((2, 7));
    }

    [Fact]
    public async Task Who_is_gone_is_forgotten_after_a_while_by_those_that_live()
    {
        var (gone, old) = Store();
        await gone.BeatAsync(Beat(), Week, Stop);
        await fixture.ExecuteAsync("update node set seen_at = clock_timestamp() - interval '8 days' where name = $1", old);

        var (store, name) = Store();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.BeatAsync(Beat(), Week, Stop)));

        (await fixture.CountAsync("node where name = $1", old)).ShouldBe(0);
        (await fixture.CountAsync("node where name = $1", name)).ShouldBe(1);
    }

    [Fact]
    public void A_name_tells_more_than_host_and_process_id_which_come_again() =>
        NodeName.OfThisProcess.Value.ShouldMatch($"^{Environment.MachineName}:{Environment.ProcessId}:[0-9a-f]{{8}}$");

    private (NodeStore Store, string Name) Store()
    {
        var name = Guid.NewGuid().ToString();
        return (new NodeStore(fixture.Database, new NodeName(name)), name);
    }

    private static NodeBeat Beat() =>
        new("host", 7, ["jobs", "scoring"], new Dictionary<Stage, int> { [Stage.Closing] = 1, [Stage.Scoring] = 2 }, "0.1.0", TimeSpan.FromSeconds(15));

    private async Task<NodeRow> OfAsync(string name) => (await fixture.Get<NodeStore>().SeenAsync(Day, Stop)).Single(node => node.Name == name);
}
