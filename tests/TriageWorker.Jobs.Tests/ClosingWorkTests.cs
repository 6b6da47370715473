using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Bus;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Jobs.Tests;

public sealed class ClosingWorkTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);
    private readonly Guid _association = Guid.NewGuid();
    private readonly string _caller = $"CT{Guid.NewGuid():N}"[..16];
    private readonly StudyUid _study = new($"2.25.{new System.Numerics.BigInteger(Guid.NewGuid().ToByteArray(), isUnsigned: true)}");

    [Fact]
    public async Task A_study_stays_open_while_its_caller_has_an_association_open()
    {
        await ReceiveAsync(images: 2, ending: null);
        await MakeQuietAsync(TimeSpan.FromHours(1));
        await RunAsync();
        (await StateAsync()).ShouldBe(("due", null));
    }

    [Fact]
    public async Task A_study_stays_open_until_its_idle_time_has_passed()
    {
        await ReceiveAsync(images: 2, AssociationEnding.Released);
        await MakeDueAsync();
        await RunAsync();
        (await StateAsync()).ShouldBe(("due", null));
    }

    [Fact]
    public async Task A_quiet_study_is_closed_with_its_reason_and_due_for_scoring()
    {
        await ReceiveAsync(images: 2, AssociationEnding.Released);
        await MakeQuietAsync(TimeSpan.FromSeconds(6));
        await RunAsync();
        var (state, because) = await StateAsync();
        state.ShouldBe("done");
        because.ShouldNotBeNull().ShouldMatch(@"^2 images, association released, nothing for \d+\.\d s\.$");
        (await ScoringAsync()).ShouldBe("due");
    }

    [Theory]
    [InlineData(AssociationEnding.Aborted, "aborted")]
    [InlineData(AssociationEnding.Lost, "lost")]
    public async Task A_study_whose_association_did_not_end_well_is_closed_all_the_same_and_says_so(AssociationEnding ending, string said)
    {
        await ReceiveAsync(images: 2, ending);
        await MakeQuietAsync(TimeSpan.FromSeconds(6));
        await RunAsync();
        var because = (await StateAsync()).Because.ShouldNotBeNull();
        because.ShouldMatch($@"^2 images, association {said}, nothing for \d+\.\d s\.$");
        var page = (await postgres.Get<StudyPageStore>().FindAsync(_study, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        page.Evidence.ShouldHaveSingleItem().Sentence.ShouldBe(because);
        page.Audit.Single(line => line.Event == "study.closed").Detail.ShouldContain(because);
    }

    [Fact]
    public async Task An_association_whose_lease_has_run_out_keeps_no_study_open_and_counts_as_lost()
    {
        await ReceiveAsync(images: 1, ending: null);
        await MakeQuietAsync(TimeSpan.FromMinutes(1));
        await SqlAsync("update association set lease_until = now() - interval '1 second' where id = $1", _association);
        await RunAsync();
        var (state, because) = await StateAsync();
        state.ShouldBe("done");
        because.ShouldNotBeNull().ShouldStartWith("1 image, association lost, ");
    }

    [Fact]
    public async Task A_late_image_opens_a_closed_study_again()
    {
        await ReceiveAsync(images: 1, AssociationEnding.Released);
        await MakeQuietAsync(TimeSpan.FromMinutes(1));
        await RunAsync();
        await ReceiveAsync(images: 2, AssociationEnding.Released); // the first is known, the second is new
        (await StateAsync()).ShouldBe(("due", null));
    }

    [Fact]
    public async Task An_image_that_comes_while_the_study_is_being_closed_wins()
    {
        await ReceiveAsync(images: 1, AssociationEnding.Released);
        await MakeQuietAsync(TimeSpan.FromMinutes(1));
        await using var claim = (await Queue().ClaimAsync(Stage.Closing, 3, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        await ReceiveAsync(images: 2, AssociationEnding.Released);
        await MakeQuietAsync(TimeSpan.FromMinutes(1));
        await Should.ThrowAsync<LeaseLostException>(() => Work().RunAsync(claim, TestContext.Current.CancellationToken));
        (await StateAsync()).ShouldBe(("due", null));
    }

    [Fact]
    public async Task A_study_that_cannot_be_judged_is_scored_with_what_is_there()
    {
        await ReceiveAsync(images: 1, ending: null);
        await MakeDueAsync();
        await using var claim = (await Queue().ClaimAsync(Stage.Closing, 3, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        await Work().GiveUpAsync(claim, "the disk of the database failed", TestContext.Current.CancellationToken);
        (await StateAsync()).Because.ShouldNotBeNull().ShouldContain("could not be judged");
        (await ScoringAsync()).ShouldBe("due");
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task Whatever_happens_nothing_closes_while_an_association_of_the_caller_is_open_on_any_node_within_its_lease(int seed)
    {
        var dice = new Random(seed);
        var open = new List<Guid>();
        var images = 0;
        await SliceAsync(++images);
        for (var step = 0; step < 80; step++)
        {
            switch (dice.Next(5))
            {
                case 0 when open.Count < 3:
                    var opened = Guid.NewGuid();
                    open.Add(opened);
                    await AssociationAsync(opened, TimeSpan.FromSeconds(dice.Next(5, 60)), $"node{dice.Next(3)}", null);
                    break;
                case 1 when open.Count > 0:
                    var ended = open[dice.Next(open.Count)];
                    open.Remove(ended);
                    await AssociationAsync(ended, TimeSpan.Zero, "node0", (AssociationEnding)dice.Next(3));
                    break;
                case 2:
                    await SliceAsync(++images);
                    break;
                default:
                    await PassAsync(TimeSpan.FromSeconds(dice.Next(1, 8)));
                    break;
            }

            var before = await ClosedAsync();
            await RunAllDueAsync();
            var after = await ClosedAsync();
            if (await OpenAsync() > 0) after.ShouldBe(before, $"step {step} of seed {seed}"); // open afterwards, so open all the while
        }

        foreach (var left in open) await AssociationAsync(left, TimeSpan.Zero, "node0", AssociationEnding.Released);
        await PassAsync(TimeSpan.FromMinutes(5));
        await RunAllDueAsync();
        (await ClosedAsync()).ShouldBe(2, "once none is open, series and study close");
    }

    private async Task SliceAsync(int number)
    {
        var study = new StudyArrival(_study, _caller, OrderClass.Routine, Idle);
        await postgres.Get<IndexStore>().CommitAsync(new IndexBatch([], [new InstanceArrival(
            new SopInstanceUid($"{_study}.{number}"), System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(number)), study,
            new SeriesArrival(new SeriesUid($"{_study}.0"), "CT", null), "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1",
            $"{_study}.{number}", 1, null, TimeProvider.System.GetUtcNow()) { Place = new SlicePlace(SlicePlace.PlaneOf(0, 0, 1), number * 5) }]), TestContext.Current.CancellationToken);
        await postgres.Get<StackNeedStore>().SayAsync("any", new StackNeed("CT", 10, 10), TestContext.Current.CancellationToken);
    }

    private async Task AssociationAsync(Guid id, TimeSpan lease, string node, AssociationEnding? ending)
    {
        var index = new IndexStore(postgres.Database, new NodeName(node), new RankCredits(), new WorkCredits(), Options.Create(new CompletenessOptions()), TimeProvider.System);
        await index.CommitAsync(new IndexBatch([new AssociationArrival(id, _caller, "TRIAGE", "127.0.0.1", TimeProvider.System.GetUtcNow(), lease, 0, 0, 0, ending)], []), TestContext.Current.CancellationToken);
    }

    private async Task PassAsync(TimeSpan time)
    {
        await SqlAsync("update study set last_indexed_at = last_indexed_at - $2, last_received_at = last_received_at - $2 where study_uid = $1", _study.Value, time);
        await SqlAsync("update series set closed_at = closed_at - $2, considered_at = considered_at - $2 where study_uid = $1", _study.Value, time);
        await SqlAsync("update work set due_at = due_at - $2 where study_uid = $1", _study.Value, time);
        await SqlAsync("update association set lease_until = lease_until - $2 where calling_ae = $1 and ended_at is null", _caller, time);
    }

    private async Task RunAllDueAsync()
    {
        await SqlAsync("delete from work where study_uid <> $1", _study.Value);
        while (await Queue().ClaimAsync(Stage.Closing, 3, TestContext.Current.CancellationToken) is { } claim)
            await using (claim) await Work().RunAsync(claim, TestContext.Current.CancellationToken);
    }

    private async Task<long> OpenAsync()
    {
        await using var connection = await postgres.Database.OpenAsync(TestContext.Current.CancellationToken);
        return await connection.FirstAsync("select count(*) from association where calling_ae = $1 and ended_at is null and lease_until > now()",
            [_caller], row => row.GetInt64(0), TestContext.Current.CancellationToken);
    }

    private async Task<long> ClosedAsync()
    {
        await using var connection = await postgres.Database.OpenAsync(TestContext.Current.CancellationToken);
        return await connection.FirstAsync(
            "select (select count(*) from study where study_uid = $1 and closed_at is not null) + (select count(*) from series where study_uid = $1 and closed_at is not null)",
            [_study.Value], row => row.GetInt64(0), TestContext.Current.CancellationToken);
    }

    private ClosingWork Work() => new(postgres.Get<ClosingStore>(), NullLogger<ClosingWork>.Instance);

    private WorkQueue Queue() => new(postgres.Database, NodeName.OfThisProcess, Options.Create(new BusOptions()), TimeProvider.System);

    private async Task RunAsync()
    {
        await using var claim = (await Queue().ClaimAsync(Stage.Closing, 3, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        claim.Study.ShouldBe(_study);
        await Work().RunAsync(claim, TestContext.Current.CancellationToken);
    }

    private async Task ReceiveAsync(int images, AssociationEnding? ending)
    {
        var now = TimeProvider.System.GetUtcNow();
        var association = new AssociationArrival(_association, _caller, "TRIAGE", "127.0.0.1", now, TimeSpan.FromMinutes(1), images, 0, images, ending);
        var study = new StudyArrival(_study, _caller, OrderClass.Routine, Idle);
        var arrivals = Enumerable.Range(1, images).Select(number => new InstanceArrival(
            new SopInstanceUid($"{_study}.{number}"), System.Security.Cryptography.SHA256.HashData([(byte)number]), study,
            new SeriesArrival(new SeriesUid($"{_study}.0"), "CT", null), "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1",
            $"{_study}.{number}", 1, _association, now));
        await postgres.Get<IndexStore>().CommitAsync(new IndexBatch([association], [.. arrivals]), TestContext.Current.CancellationToken);
    }

    // Instead of waiting, the past is moved: database time is the only clock that counts here.
    private async Task MakeQuietAsync(TimeSpan since)
    {
        await SqlAsync("update study set last_indexed_at = now() - $2 where study_uid = $1", _study.Value, since);
        await MakeDueAsync();
    }

    // The studies of other tests in this database are settled, so that the next claim is for this one.
    private async Task MakeDueAsync()
    {
        await SqlAsync("delete from work where study_uid <> $1", _study.Value);
        await SqlAsync("update work set due_at = now() - interval '1 second' where study_uid = $1 and stage = 'closing'", _study.Value);
    }

    private async Task SqlAsync(string sql, params object?[] values)
    {
        await using var connection = await postgres.Database.OpenAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync(sql, values, TestContext.Current.CancellationToken);
    }

    private async Task<(string State, string? Because)> StateAsync()
    {
        await using var connection = await postgres.Database.OpenAsync(TestContext.Current.CancellationToken);
        return await connection.FirstAsync(
            "select w.state, s.closed_because from work w join study s using (study_uid) where w.stage = 'closing' and s.study_uid = $1",
            [_study.Value], row => (row.GetString(0), row.TextOrNull(1)), TestContext.Current.CancellationToken);
    }

    private async Task<string?> ScoringAsync()
    {
        await using var connection = await postgres.Database.OpenAsync(TestContext.Current.CancellationToken);
        return await connection.FirstAsync("select state from work where stage = 'scoring' and study_uid = $1",
            [_study.Value], row => row.GetString(0), TestContext.Current.CancellationToken);
    }
}
