using TriageWorker.Triage;

namespace TriageWorker.Store.Tests;

public sealed class DeadLetterStoreTests(StoreFixture fixture) : IClassFixture<StoreFixture>, IAsyncLifetime
{
    private static readonly WorkFault Refused = new(Prospect.ForGood, "it answered 0xC000 (cannot understand).", "status-c000", "it answers 0xC000 (cannot understand)");
    private static readonly WorkFault Model = new(Prospect.ForGood, "tensor 7 gave no number", "model", "the model could not score it");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private DeadLetterStore Letters => fixture.Get<DeadLetterStore>();

    private DeliveryStore Deliveries => fixture.Get<DeliveryStore>();

    private OutcomeStore Outcomes => new(fixture.Database, new DecisionRows(NodeName.OfThisProcess, new RankCredits(), new WorkCredits(),
        Microsoft.Extensions.Options.Options.Create(new DestinationOptions { Destinations = [new PlannedDestination { Name = "PACS" }, new PlannedDestination { Name = "VNA" }] })));

    public async ValueTask InitializeAsync() => await fixture.ExecuteAsync("update work set state = 'done' where state = 'dead'");

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_study_is_one_letter_however_much_of_it_ended_and_letters_of_one_cause_are_one_group()
    {
        var both = await DecideAsync();
        await FailAsync(both, "PACS", Refused);
        await FailAsync(both, "VNA", Refused with { Cause = "no-context", Words = "it takes none of the document's SOP classes" });
        var one = await DecideAsync();
        await FailAsync(one, "PACS", Refused);
        var unscored = await fixture.ClosedAsync();
        await Outcomes.CommitAsync(unscored.EndedBy(Model), new Outcome.NotAnalysed("of a technical fault."), demonstration: false, pageOnly: false, Stop);
        await FailAsync(unscored.Study, "VNA", Refused); // that it was not analysed does not arrive either

        var causes = await Letters.CausesAsync(Stop);

        causes.Select(cause => (cause.Key, cause.Sentence, cause.Studies)).ShouldBe([
            ("delivery/PACS/status-c000", "Delivery to PACS: it answers 0xC000 (cannot understand)", 2), ("scoring/model", "Scoring: the model could not score it", 1)]);
        causes[0].FirstAt.ShouldBeLessThan(causes[0].LastAt);
        var letters = await Letters.LettersAsync(null, 10, Stop);
        letters.Select(letter => (letter.Study, letter.Ends)).ShouldBe([(both, 2), (one, 1), (unscored.Study, 2)]);
        letters[2].Because.ShouldBe("tensor 7 gave no number");
        (await Letters.LettersAsync("scoring/model", 10, Stop)).ShouldHaveSingleItem().Accession.ShouldBe("A1");
    }

    [Fact]
    public async Task A_replayed_document_is_due_at_once_in_its_order_class_as_the_same_bytes_and_that_is_on_record()
    {
        var study = await DecideAsync(OrderClass.Urgent);
        var id = await FailAsync(study, "PACS", Refused, frozen: new FrozenDocument("2.25.7", [1, 2, 3]));
        var before = await fixture.ReadAsync("select fence, attempts from work where key = $1", row => (Fence: row.GetInt64(0), Attempts: row.GetInt32(1)), $"{id}");
        before.Attempts.ShouldBe(1);
        await fixture.ExecuteAsync("delete from outbox");

        (await Letters.ReplayAsync(study, "user alice", Stop)).ShouldBe(new Replayed(1, 0, 0));

        (await fixture.ReadAsync("select state, attempts, fence, due_at <= now(), due_at - urgency, lane, cause from work where key = $1",
            row => (row.GetString(0), row.GetInt32(1), row.GetInt64(2), row.GetBoolean(3), row.GetTimeSpan(4), row.GetString(5), row.TextOrNull(6)), $"{id}"))
            .ShouldBe(("due", 0, before.Fence + 1, true, TimeSpan.FromHours(4), "PACS", null));
        (await fixture.CountAsync("outbox where message->>'studyUid' = $1", study.Value)).ShouldBe(1);
        (await fixture.ReadAsync("select actor, detail->'causes'->>0 from audit where study_uid = $1 and event = 'dead-letter.replayed'", row => (row.GetString(0), row.GetString(1)), study.Value))
            .ShouldBe(("user alice", "delivery/PACS/status-c000"));
        var job = (await Deliveries.FindAsync(id, Stop))!;
        job.Frozen!.SopUid.ShouldBe("2.25.7");
        job.Frozen.Content.ShouldBe([1, 2, 3]);
        (await Deliveries.FreezeAsync(id, new FrozenDocument("2.25.8", [9]), Stop))!.Content.ShouldBe([1, 2, 3]);
        (await Letters.CausesAsync(Stop)).ShouldBeEmpty();
        await Deliveries.DeliveredAsync(await fixture.ClaimAsync(Stage.Delivery, $"{id}"), Stop);
    }

    [Fact]
    public async Task Two_administrators_at_once_replay_it_once()
    {
        var study = await DecideAsync();
        var id = await FailAsync(study, "PACS", Refused);

        var replays = await Task.WhenAll(Enumerable.Range(0, 8).Select(person => Letters.ReplayAsync(study, $"user {person}", Stop)));

        replays.Count(replayed => replayed.IsAny).ShouldBe(1);
        (await fixture.CountAsync("audit where study_uid = $1 and event = 'dead-letter.replayed'", study.Value)).ShouldBe(1);
        var running = await fixture.ClaimAsync(Stage.Delivery, $"{id}");
        (await Letters.ReplayAsync(study, "a late click", Stop)).IsAny.ShouldBeFalse();
        await Deliveries.DeliveredAsync(running, Stop); // which the click took nothing from
    }

    [Fact]
    public async Task A_document_that_a_newer_result_has_replaced_is_not_sent_after_all()
    {
        var study = await DecideAsync();
        var id = await FailAsync(study, "PACS", Refused, frozen: new FrozenDocument("2.25.7", [1]));
        await ScoreAgainAsync(study, images: 5);

        (await Letters.ReplayAsync(study, "user alice", Stop)).ShouldBe(new Replayed(0, Superseded: 1, 0));

        (await fixture.ReadAsync("select d.state, d.because, w.state from delivery d join work w on w.key = d.id::text where d.id = $1", row => (row.GetString(0), row.GetString(1), row.GetString(2)), id))
            .ShouldBe(("withheld", "A newer result came before it was sent.", "done"));
        (await fixture.CountAsync("audit where study_uid = $1 and event = 'delivery.withheld' and actor = 'user alice'", study.Value)).ShouldBe(1);
        (await Letters.LettersAsync(null, 10, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_verdict_that_later_images_could_not_change_is_still_sent()
    {
        var study = await DecideAsync();
        var id = await FailAsync(study, "PACS", Refused);
        await fixture.ExecuteAsync("update work set state = 'due' where stage = 'scoring' and study_uid = $1", study.Value);
        await Outcomes.CommitAsync(await fixture.ClaimAsync(Stage.Scoring, study.Value), new Outcome.NotAnalysed("the slices have gaps."), demonstration: false, pageOnly: false, Stop);

        (await Letters.ReplayAsync(study, "user alice", Stop)).ShouldBe(new Replayed(1, 0, 0));
        (await fixture.ReadAsync("select state from delivery where id = $1", row => row.GetString(0), id)).ShouldBe("due");
    }

    [Fact]
    public async Task A_study_that_could_not_be_scored_is_scored_again_unless_images_are_arriving_which_does_it_anyway()
    {
        var work = await fixture.ClosedAsync();
        await Outcomes.CommitAsync(work.EndedBy(Model), new Outcome.NotAnalysed("of a technical fault."), demonstration: false, pageOnly: true, Stop);
        await fixture.ExecuteAsync("update study set closed_at = null where study_uid = $1", work.Study.Value);
        (await Letters.ReplayAsync(work.Study, "user alice", Stop)).ShouldBe(new Replayed(0, 0, Waiting: 1));

        await fixture.ExecuteAsync("update study set closed_at = now() where study_uid = $1", work.Study.Value);
        (await Letters.ReplayAsync(work.Study, "user alice", Stop)).ShouldBe(new Replayed(1, 0, 0));

        // The same fault again is the same letter again, and no second decision.
        await Outcomes.CommitAsync((await fixture.ClaimAsync(Stage.Scoring, work.Study.Value)).EndedBy(Model), new Outcome.NotAnalysed("of a technical fault."), demonstration: false, pageOnly: true, Stop);
        (await fixture.CountAsync("decision where study_uid = $1", work.Study.Value)).ShouldBe(1);
        (await Letters.LettersAsync("scoring/model", 10, Stop)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_cause_is_replayed_study_by_study_up_to_a_number_and_no_other_cause_is_touched()
    {
        for (var i = 0; i < 3; i++) await FailAsync(await DecideAsync(), "PACS", Refused);
        await FailAsync(await DecideAsync(), "VNA", Refused);
        var told = 0;

        var first = await Letters.ReplayAsync("delivery/PACS/status-c000", most: 2, "user alice", () => told++, Stop);
        var rest = await Letters.ReplayAsync("delivery/PACS/status-c000", most: 2, "user alice", each: null, Stop);
        var none = await Letters.ReplayAsync("delivery/PACS/status-c000", most: 2, "user alice", each: null, Stop);

        (first.Studies, rest.Studies, none.Studies, told).ShouldBe((2, 1, 0, 2));
        first.Sentence.ShouldBe("2 studies: 2 steps or documents are due again.");
        none.Sentence.ShouldStartWith("Nothing was left to replay");
        (await Letters.CausesAsync(Stop)).ShouldHaveSingleItem().Key.ShouldBe("delivery/VNA/status-c000");
    }

    [Fact]
    public async Task A_study_that_nobody_knows_has_nothing_to_replay() =>
        (await Letters.ReplayAsync(new StudyUid("1.2.3.4"), "user alice", Stop)).IsAny.ShouldBeFalse();

    [Fact]
    public async Task How_it_stands_with_each_destination_is_read_beside_what_waits_for_it()
    {
        await fixture.ExecuteAsync("delete from breaker; delete from work where stage = 'delivery'; delete from delivery");
        var study = await DecideAsync();
        await FailAsync(study, "PACS", Refused);
        await fixture.ExecuteAsync("insert into breaker (lane, state, failures, reason, failed_at, opened_at, probes, probe_at) values ('VNA', 'open', 7, 'nobody listens.', now(), now(), 2, now() + interval '1 minute'), ('GONE', 'closed', 0, 'over', now(), null, 0, null)");

        var lanes = await fixture.Get<LaneStore>().ListAsync(Stop);

        lanes.Select(lane => (lane.Name, lane.Waiting, lane.Running, lane.Dead, lane.Failures, lane.Reason, lane.DownSince is not null, lane.IsProbing)).ShouldBe([
            ("GONE", 0, 0, 0, 0, null, false, false), ("PACS", 0, 0, 1, 0, null, false, false), ("VNA", 1, 0, 0, 7, "nobody listens.", true, false)]);
        await fixture.ExecuteAsync("delete from breaker");
    }

    private async Task<StudyUid> DecideAsync(OrderClass order = OrderClass.Routine)
    {
        var work = await fixture.ClosedAsync(order: order);
        var generation = await fixture.GenerationAsync(work.Study);
        await Outcomes.CommitAsync(work, SomeScores.Of(generation, freeAir: 0.82), Stop);
        return work.Study;
    }

    private async Task ScoreAgainAsync(StudyUid study, int images)
    {
        var generation = await fixture.GenerationAsync(study, images: images);
        await Outcomes.CommitAsync(await fixture.ClaimAsync(Stage.Scoring, study.Value), SomeScores.Of(generation, freeAir: 0.1), Stop);
    }

    private async Task<Guid> FailAsync(StudyUid study, string destination, WorkFault fault, FrozenDocument? frozen = null)
    {
        var id = (await fixture.Get<StudyPageStore>().DeliveriesAsync(study, Stop)).Last(row => row.Destination == destination).Id;
        if (frozen is not null) await Deliveries.FreezeAsync(id, frozen, Stop);
        await Deliveries.FailedAsync((await fixture.ClaimAsync(Stage.Delivery, id.ToString())).EndedBy(fault), $"{destination} refused it: {fault.Because}", Stop);
        return id;
    }
}
