using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests.Nodes;

/// <summary>Spools as nodes that others read from, and the studies that wait for one.</summary>
public sealed class SpoolNodeStoreTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private static readonly Uri s_address = new("https://intake-1:8443/");
    private readonly Guid _node = Guid.CreateVersion7();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private SpoolNodeStore Nodes => fixture.Get<SpoolNodeStore>();

    private ImageWaitStore Waits => fixture.Get<ImageWaitStore>();

    [Fact]
    public async Task A_node_is_away_when_it_is_late_and_how_long_it_was_is_known_when_it_is_back()
    {
        (await BeatAsync()).ShouldBeTrue("it was not known");
        (await BeatAsync()).ShouldBeFalse();
        var there = await OfAsync();
        (there.Name, there.Address, there.IsAway, there.LastAbsence).ShouldBe(($"{Environment.MachineName}:/spool", s_address, false, null));

        await LateAsync("5 minutes");
        (await OfAsync()).IsAway.ShouldBeTrue();

        (await BeatAsync()).ShouldBeTrue();
        var back = await OfAsync();
        back.IsAway.ShouldBeFalse();
        back.LastAbsence!.Value.ShouldBeInRange(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(6));
    }

    [Fact]
    public async Task What_others_tell_of_the_spool_says_nothing_of_the_process_that_serves_it()
    {
        await BeatAsync();
        await LateAsync("5 minutes");
        await fixture.Get<SpoolStateStore>().NoteAsync(_node, "/spool", SpoolFigures.Unknown, Stop);
        (await OfAsync()).IsAway.ShouldBeTrue();

        var told = Guid.CreateVersion7();
        await fixture.Get<SpoolStateStore>().NoteAsync(told, "/other", SpoolFigures.Unknown, Stop);
        (await Nodes.AllAsync(Stop)).Single(node => node.Id == told).ShouldBe(new SpoolNode(told, $"{Environment.MachineName}:/other", null, null, IsAway: true, null));
    }

    [Fact]
    public async Task A_study_that_waits_is_told_once_in_the_ledger_and_is_due_when_its_node_is_back()
    {
        var work = await fixture.ClosedAsync();
        await BeatAsync();
        var node = await OfAsync();
        await PutOffAsync(work.Study, node, 64, "refused");
        await PutOffAsync(work.Study, node, 40, "refused again");
        await fixture.ExecuteAsync("update work set state = 'due', lease_owner = null, lease_until = null, due_at = now() + interval '1 hour' where stage = 'scoring' and study_uid = $1", work.Study.Value);

        var wait = (await Waits.FindAsync(work.Study, Stop)).ShouldNotBeNull();
        (wait.Node.Name, wait.Images, wait.Because).ShouldBe((node.Name, 40, "refused again"));
        (await Waits.NodesAsync(Stop)).Single(waiting => waiting.Node.Id == _node).Studies.ShouldBe(1);

        await Nodes.WakeAsync(Guid.CreateVersion7(), Stop);
        (await fixture.CountAsync("work where stage = 'scoring' and study_uid = $1 and due_at <= now()", work.Study.Value)).ShouldBe(0, "another node is back");
        await Nodes.WakeAsync(_node, Stop);
        (await fixture.CountAsync("work where stage = 'scoring' and study_uid = $1 and due_at <= now()", work.Study.Value)).ShouldBe(1);

        await Waits.ClearAsync(work.Study, Stop);
        await Waits.ClearAsync(work.Study, Stop);
        (await Waits.FindAsync(work.Study, Stop)).ShouldBeNull();
        (await Waits.NodesAsync(Stop)).Single(waiting => waiting.Node.Id == _node).Studies.ShouldBe(0);
        var lines = (await fixture.Get<StudyPageStore>().AuditAsync(work.Study, Stop)).Where(line => line.Event.StartsWith("images.", StringComparison.Ordinal)).ToList();
        lines.Select(line => line.Event).ShouldBe(["images.awaited", "images.there"], ignoreOrder: true);
        lines.ShouldAllBe(line => line.Detail!.Contains(node.Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_of_which_nobody_has_told_is_waited_for_by_its_id()
    {
        var work = await fixture.ClosedAsync();
        await PutOffAsync(work.Study, SpoolNode.Unknown(_node), 3, "has never said where it is read from.");
        (await Waits.FindAsync(work.Study, Stop))!.Node.ShouldBe(SpoolNode.Unknown(_node));
        (await Waits.NodesAsync(Stop)).Single(waiting => waiting.Node.Id == _node).Node.ShouldBe(SpoolNode.Unknown(_node));
    }

    private Task<bool> BeatAsync() => Nodes.BeatAsync(_node, "/spool", s_address, TimeSpan.FromSeconds(15), Stop);

    private Task LateAsync(string interval) => fixture.ExecuteAsync("update spool set heard_at = clock_timestamp() - $2::text::interval where id = $1", _node, interval);

    private async Task<SpoolNode> OfAsync() => (await Nodes.AllAsync(Stop)).Single(node => node.Id == _node);

    private async Task PutOffAsync(StudyUid study, SpoolNode node, int images, string because)
    {
        await using var transaction = await fixture.Database.BeginAsync(Stop);
        await Waits.SetAsync(transaction, study, node, images, because, Stop);
        await transaction.CommitAsync(Stop);
    }
}
