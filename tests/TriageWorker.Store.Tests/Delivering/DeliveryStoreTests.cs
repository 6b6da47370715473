using TriageWorker.Triage;

namespace TriageWorker.Store.Tests;

public sealed class DeliveryStoreTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private readonly DeliveryStore _deliveries = fixture.Get<DeliveryStore>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // PACS takes real results, DEMO is marked for demonstration.
    private OutcomeStore Outcomes => new(fixture.Database, new DecisionRows(NodeName.OfThisProcess, new RankCredits(), new WorkCredits(),
        Microsoft.Extensions.Options.Options.Create(new DestinationOptions
        {
            Destinations = [new PlannedDestination { Name = "PACS", Documents = [DocumentKind.Sr, DocumentKind.Text] }, new PlannedDestination { Name = "DEMO", Demonstration = true }],
        })));

    [Fact]
    public async Task A_demonstration_result_is_withheld_from_destinations_that_are_not_marked_and_sent_to_those_that_are()
    {
        var study = await DecideAsync(freeAir: 0.82, demonstration: true);

        var rows = await fixture.Get<StudyPageStore>().DeliveriesAsync(study, Stop);

        rows.Select(row => (row.Destination, row.State)).ShouldBe([("PACS", "withheld"), ("PACS", "withheld"), ("DEMO", "due")], ignoreOrder: true);
        rows.First(row => row.Destination == "PACS").Because.ShouldNotBeNull().ShouldContain("demonstration");
        (await fixture.CountAsync("work where study_uid = $1 and stage = 'delivery'", study.Value)).ShouldBe(1);
        (await fixture.CountAsync("audit where study_uid = $1 and event = 'delivery.withheld'", study.Value)).ShouldBe(2);
    }

    [Fact]
    public async Task The_first_bytes_are_the_only_ones_that_are_ever_sent()
    {
        var study = await DecideAsync(freeAir: 0.82);
        var id = (await fixture.Get<StudyPageStore>().DeliveriesAsync(study, Stop)).First(row => row.Destination == "DEMO").Id;
        (await _deliveries.FindAsync(id, Stop))!.Frozen.ShouldBeNull();

        await _deliveries.FreezeAsync(id, new FrozenDocument("2.25.1", [1, 2, 3]), Stop);
        var second = (await _deliveries.FreezeAsync(id, new FrozenDocument("2.25.2", [9]), Stop)).ShouldNotBeNull();

        second.SopUid.ShouldBe("2.25.1");
        second.Content.ShouldBe([1, 2, 3]);
        (await _deliveries.FindAsync(id, Stop))!.Frozen!.Content.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task What_a_newer_result_withheld_is_not_fixed_and_so_not_sent_even_by_somebody_who_had_begun()
    {
        var study = await DecideAsync(freeAir: 0.82);
        var begun = (await RowsAsync(study, "DEMO"))[0];
        (await _deliveries.FindAsync(begun.Id, Stop)).ShouldNotBeNull().Frozen.ShouldBeNull();
        await ScoreAgainAsync(study, images: 5);

        (await _deliveries.FreezeAsync(begun.Id, new FrozenDocument("2.25.1", [1]), Stop)).ShouldBeNull();
        (await RowsAsync(study, "DEMO"))[0].State.ShouldBe("withheld");
    }

    [Fact]
    public async Task Delivered_withheld_and_failed_end_the_claim_with_an_audit_line_each()
    {
        var study = await DecideAsync(freeAir: 0.82);
        var rows = await fixture.Get<StudyPageStore>().DeliveriesAsync(study, Stop);
        rows.Count.ShouldBe(3);

        await _deliveries.DeliveredAsync(await ClaimAsync(rows[0]), Stop);
        await _deliveries.WithheldAsync(await ClaimAsync(rows[1]), "not wanted there", Stop);
        var lost = await ClaimAsync(rows[2]);
        await _deliveries.FailedAsync(await fixture.ClaimAsync(Stage.Delivery, rows[2].Id.ToString(), exhausted: true), "refused with A900", Stop);
        await Should.ThrowAsync<LeaseLostException>(() => _deliveries.DeliveredAsync(lost, Stop));

        var page = (await fixture.Get<StudyPageStore>().FindAsync(study, Stop))!;
        page.Deliveries.Select(row => (row.State, row.Because)).ShouldBe([("delivered", null), ("withheld", "not wanted there"), ("failed", "refused with A900")]);
        page.Deliveries[0].DeliveredAt.ShouldNotBeNull();
        page.Work.Where(row => row.Stage == Stage.Delivery).Select(row => row.State).ShouldBe(["done", "done", "dead"], ignoreOrder: true);
        page.Audit.Select(line => line.Event).Where(name => name.StartsWith("delivery", StringComparison.Ordinal)).ShouldBe(["delivery.delivered", "delivery.withheld", "delivery.failed"]);
    }

    [Fact]
    public async Task A_newer_decision_withholds_what_was_not_begun_and_names_what_was_as_its_predecessor()
    {
        var study = await DecideAsync(freeAir: 0.82);
        var first = await fixture.Get<StudyPageStore>().DeliveriesAsync(study, Stop);
        var begun = first.Single(row => row.Destination == "DEMO");
        await _deliveries.FreezeAsync(begun.Id, new FrozenDocument("2.25.7", [7]), Stop);
        var waiting = await ClaimAsync(first.First(row => row.Destination == "PACS"));

        var generation = await fixture.GenerationAsync(study, images: 5);
        await Outcomes.CommitAsync(await fixture.ClaimAsync(Stage.Scoring, study.Value), SomeScores.Of(generation, freeAir: 0.1), Stop);

        var rows = await fixture.Get<StudyPageStore>().DeliveriesAsync(study, Stop);
        rows.Single(row => row.Id == begun.Id).State.ShouldBe("due");
        var unsent = rows.Where(row => first.Any(old => old.Id == row.Id) && row.Destination == "PACS").ToList();
        unsent.ShouldAllBe(row => row.State == "withheld");
        var told = (await fixture.Get<StudyPageStore>().AuditAsync(study, Stop)).Where(line => line.Event == "delivery.withheld").ToList();
        told.Count.ShouldBe(2);
        foreach (var row in unsent)
            told.ShouldContain(line => line.Detail.Contains(row.Id.ToString(), StringComparison.Ordinal) && line.Detail.Contains("A newer result came", StringComparison.Ordinal));
        told.ShouldAllBe(line => line.Generation != null && line.Generation != generation.Id); // of the result that is not sent
        await Should.ThrowAsync<LeaseLostException>(() => _deliveries.DeliveredAsync(waiting, Stop));
        var newest = rows.Last(row => row.Destination == "DEMO");
        var job = (await _deliveries.FindAsync(newest.Id, Stop)).ShouldNotBeNull();
        job.Predecessor!.SopUid.ShouldBe("2.25.7");
        job.Earlier.ShouldBe(1);
        job.Scores!.Findings.ShouldHaveSingleItem().Score.ShouldBe(0.1);
        job.Generation!.Id.ShouldBe(generation.Id);
    }

    [Fact]
    public async Task A_document_that_never_went_out_is_no_predecessor_and_hides_none()
    {
        var study = await DecideAsync(freeAir: 0.82);
        await SendAsync(study, "2.25.8");
        await ScoreAgainAsync(study, images: 5); // withheld unsent by the next
        await ScoreAgainAsync(study, images: 6);

        (await JobAsync(study)).Predecessor!.SopUid.ShouldBe("2.25.8");
    }

    [Fact]
    public async Task A_report_names_the_text_that_said_the_study_was_not_analysed_with_its_content()
    {
        var work = await fixture.ClosedAsync();
        await Outcomes.CommitAsync(work, new Outcome.NotAnalysed("only a localizer came."), demonstration: false, pageOnly: false, Stop);
        await SendAsync(work.Study, "2.25.9");
        await ScoreAgainAsync(work.Study, images: 4);

        var job = await JobAsync(work.Study);
        job.Document.ShouldBe(DocumentKind.Sr);
        job.Predecessor.ShouldNotBeNull().ShouldSatisfyAllConditions(text => text.SopUid.ShouldBe("2.25.9"), text => text.Content.ShouldBe([7]));
        job.Earlier.ShouldBe(0, "it is the first of its kind");
    }

    [Fact]
    public async Task Images_that_could_not_be_analysed_withhold_no_verdict_and_the_next_verdict_withholds_all_that_was_not_begun()
    {
        var study = await DecideAsync(freeAir: 0.82);
        await NotAnalysedAsync("the slices have gaps.");
        await NotAnalysedAsync("a slice stands twice.");
        (await StatesAsync()).ShouldBe([("sr", "due"), ("text", "withheld"), ("text", "due")]);

        await ScoreAgainAsync(study, images: 5);
        (await StatesAsync()).ShouldBe([("sr", "withheld"), ("text", "withheld"), ("text", "withheld"), ("sr", "due")]);

        async Task NotAnalysedAsync(string because) =>
            await Outcomes.CommitAsync(await fixture.ClaimAsync(Stage.Scoring, study.Value), new Outcome.NotAnalysed(because), demonstration: false, pageOnly: false, Stop);

        async Task<IEnumerable<(string, string)>> StatesAsync() => (await fixture.Get<StudyPageStore>().DeliveriesAsync(study, Stop))
            .Where(row => row.Destination == "DEMO").Select(row => (row.Document.ToString().ToLowerInvariant(), row.State));
    }

    [Fact]
    public async Task Of_two_documents_for_one_decision_each_names_the_one_of_its_kind()
    {
        var study = await DecideAsync(freeAir: 0.82);
        foreach (var row in await RowsAsync(study, "PACS")) await _deliveries.FreezeAsync(row.Id, new FrozenDocument($"2.25.{(int)row.Document}", [1]), Stop);
        await ScoreAgainAsync(study, images: 5);

        foreach (var row in (await RowsAsync(study, "PACS"))[^2..])
            (await _deliveries.FindAsync(row.Id, Stop))!.Predecessor!.SopUid.ShouldBe($"2.25.{(int)row.Document}");
    }

    [Fact]
    public async Task Nobody_knows_a_delivery_that_is_not_there() => (await _deliveries.FindAsync(Guid.NewGuid(), Stop)).ShouldBeNull();

    private async Task<StudyUid> DecideAsync(double freeAir, bool demonstration = false)
    {
        var work = await fixture.ClosedAsync();
        await Outcomes.CommitAsync(work, SomeScores.Of(await fixture.GenerationAsync(work.Study), freeAir, demonstration), Stop);
        return work.Study;
    }

    private async Task ScoreAgainAsync(StudyUid study, int images) => await Outcomes.CommitAsync(
        await fixture.ClaimAsync(Stage.Scoring, study.Value), SomeScores.Of(await fixture.GenerationAsync(study, images: images), freeAir: 0.1), Stop);

    // As the delivery role does it, to the destination DEMO.
    private async Task SendAsync(StudyUid study, string sop)
    {
        var row = (await RowsAsync(study, "DEMO"))[^1];
        await _deliveries.FreezeAsync(row.Id, new FrozenDocument(sop, [7]), Stop);
        await _deliveries.DeliveredAsync(await ClaimAsync(row), Stop);
    }

    private async Task<DeliveryJob> JobAsync(StudyUid study) => (await _deliveries.FindAsync((await RowsAsync(study, "DEMO"))[^1].Id, Stop)).ShouldNotBeNull();

    private async Task<List<DeliveryRow>> RowsAsync(StudyUid study, string destination) =>
        [.. (await fixture.Get<StudyPageStore>().DeliveriesAsync(study, Stop)).Where(row => row.Destination == destination)];

    private Task<LeasedWork> ClaimAsync(DeliveryRow row) => fixture.ClaimAsync(Stage.Delivery, row.Id.ToString());
}
