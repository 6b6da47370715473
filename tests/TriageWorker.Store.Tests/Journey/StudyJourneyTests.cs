using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests.Journey;

/// <summary>What is said of a study at each moment of its life. Every test has a database of its own: who works, and what is ahead, is said of all of it.</summary>
public sealed class StudyJourneyTests(PostgresServer server) : IAsyncLifetime
{
    private readonly StoreFixture _fixture = new(server);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task While_images_arrive_it_waits_for_its_caller_to_go_quiet()
    {
        await LivesAsync(Stage.Closing);
        var (study, association) = (SomeStudies.Study(), Guid.NewGuid());
        await IndexAsync([SomeStudies.Association(association, Now)], SomeStudies.Image(study, 1, Now, association));

        var journey = await OfAsync(study.Uid);

        journey.WaitsFor.Sentence.ShouldMatch(@"^Waiting for CT1 to go quiet: \d\.\d s of 5\.0 s, one association open\.$");
        journey.WaitsFor.IsTrouble.ShouldBeFalse();
        journey.Hops.Select(hop => hop.Step).ShouldBe(["Association", "First image"], ignoreOrder: true);
        journey.Eta.ShouldBe(new Eta(null, "unknown, because no scoring process is running"));
    }

    [Fact]
    public async Task It_says_what_its_list_names_which_series_are_complete_and_why_a_caller_is_waited_for_longer()
    {
        await LivesAsync(Stage.Closing);
        var study = SomeStudies.Study();
        await _fixture.ExecuteAsync("insert into caller_pace (caller, studies, heights, positions) values ($1, 5, '{0,8,8,8,8}', '{1,2,3,4,5}')", study.Caller);
        await IndexAsync([], SomeStudies.Image(study, 1, Now), SomeStudies.Image(study, 2, Now, series: 2));
        await _fixture.Get<ManifestStore>().AddAsync(new ImageList(ManifestKind.Commitment, study.Caller, "1.2.3", null,
            [new("1.2.840.10008.5.1.4.1.1.2", SomeStudies.Image(study, 1, Now).Sop), new("1.2.840.10008.5.1.4.1.1.2", new("1.2.3.4"))]), null, TestContext.Current.CancellationToken);
        await _fixture.ExecuteAsync("update series set closed_at = now(), closed_by = 'geometry' where study_uid = $1 and series_uid = $2", study.Uid.Value, SomeStudies.SeriesOf(study.Uid).Value);

        (await OfAsync(study.Uid)).WaitsFor.Sentence.ShouldMatch(
            @"^Waiting for CT1 to go quiet: \d\.\d s of 12\.0 s, commitment list 1 of 2, 1 of 2 series complete; the longest pauses of CT1 in 5 studies are 8\.0 s\.$");
    }

    [Fact]
    public async Task Who_had_its_images_sent_where_stands_on_its_way()
    {
        var study = await _fixture.Get<IndexStore>().ArriveAsync(Now);
        await _fixture.Get<RetrievalStore>().AskedAsync(study.Uid, "WORKPLACE", "10.0.0.9:4711", "VIEWER", 2, Stop);

        Detail(await OfAsync(study.Uid), "Retrieval").ShouldBe("2 images, which WORKPLACE asked for to be sent to VIEWER");
    }

    [Fact]
    public async Task Once_its_caller_is_quiet_it_is_expected_after_the_quiet_time_and_one_scoring()
    {
        await LivesAsync(Stage.Closing, Stage.Scoring);
        await ScoredBeforeAsync(milliseconds: 2000);
        var study = await _fixture.Get<IndexStore>().ArriveAsync(Now);

        var journey = await OfAsync(study.Uid);

        journey.WaitsFor.Sentence.ShouldMatch(@"^Waiting for CT1 to go quiet: \d\.\d s of 5\.0 s\.$");
        var eta = journey.Eta.ShouldNotBeNull();
        (eta.At!.Value - journey.Now).ShouldBeInRange(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(7.1));
        eta.Basis.ShouldBe("5.0 s of quiet, then the last scoring took 2.0 s, 0 ahead and 0 at work, 2 slots in 1 process");
    }

    [Fact]
    public async Task Nobody_who_would_do_the_work_is_told_as_trouble()
    {
        var study = await _fixture.Get<IndexStore>().ArriveAsync(Now);
        (await OfAsync(study.Uid)).WaitsFor.ShouldBe(new WaitsFor("It waits to be called complete, but no process with the role jobs is running.", IsTrouble: true));

        await CloseAsync(study.Uid);
        await LivesAsync(Stage.Closing);
        var journey = await OfAsync(study.Uid);
        journey.WaitsFor.ShouldBe(new WaitsFor("It waits to be scored, but no scoring process is running.", IsTrouble: true));
        journey.Eta!.Basis.ShouldBe("unknown, because no scoring process is running");
    }

    [Fact]
    public async Task In_the_queue_it_says_what_is_before_it_who_works_and_when_its_turn_is_over()
    {
        await LivesAsync(Stage.Scoring);
        await ScoredBeforeAsync(milliseconds: 4000);
        var studies = new List<StudyUid>();
        for (var i = 0; i < 6; i++) studies.Add(await ClosedAsync());
        await _fixture.ClaimAsync(Stage.Scoring, studies[0].Value);
        await _fixture.ClaimAsync(Stage.Scoring, studies[1].Value);
        var stat = await ClosedAsync(OrderClass.Stat);

        var last = await OfAsync(studies[5]);
        last.WaitsFor.Sentence.ShouldBe("Queued behind 4: 2 scoring slots in 1 process, 2 at work.");
        last.Eta!.Basis.ShouldBe("the last scoring took 4.0 s, 4 ahead and 2 at work, 2 slots in 1 process");
        (last.Eta.At!.Value - last.Now).ShouldBe(TimeSpan.FromSeconds(14), "half a round of those at work, two rounds before it, and its own");
        (await OfAsync(stat)).WaitsFor.Sentence.ShouldBe("Queued: 2 scoring slots in 1 process, 2 at work.");

        var running = await OfAsync(studies[0]);
        running.WaitsFor.Sentence.ShouldMatch(@"^It is being scored by test since \d\d:\d\d:\d\d \+00:00 \(attempt 1\)\.$");
        (running.Eta!.At!.Value - running.Now).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task An_attempt_that_failed_is_told_with_its_error_and_the_next_one()
    {
        await LivesAsync(Stage.Scoring);
        var study = await ClosedAsync();
        await _fixture.ExecuteAsync("update work set attempts = 2, last_error = 'IOException: disk', due_at = now() + interval '1 minute' where stage = 'scoring' and key = $1", study.Value);

        var journey = await OfAsync(study);

        journey.WaitsFor.Sentence.ShouldMatch(@"^Scoring failed 2 times, next attempt at \d\d:\d\d:\d\d \+00:00: IOException: disk$");
        journey.WaitsFor.IsTrouble.ShouldBeTrue();
        journey.Hops.ShouldContain(hop => hop.Step == "Scoring failed" && hop.Detail == "attempt 2: IOException: disk");
        journey.Eta!.Basis.ShouldBe("unknown, because nothing has been scored here yet");
    }

    [Fact]
    public async Task While_the_node_that_holds_its_images_is_away_it_is_named_with_when_it_is_expected_back()
    {
        await LivesAsync(Stage.Scoring);
        var (study, node) = (await ClosedAsync(), Guid.CreateVersion7());
        await using (var transaction = await _fixture.Database.BeginAsync(Stop))
        {
            await _fixture.Get<ImageWaitStore>().SetAsync(transaction, study, SpoolNode.Unknown(node), 64, "it has never said where it is read from.", Stop);
            await transaction.CommitAsync(Stop);
        }

        (await OfAsync(study)).Eta!.Basis.ShouldBe($"unknown, because nothing is known of node {node}");

        await _fixture.ExecuteAsync("insert into spool (id, host, folder, silent_after, heard_at) values ($1, 'ct-intake', '/spool', '15 seconds', clock_timestamp() - interval '2 minutes')", node);
        var first = await OfAsync(study);
        first.WaitsFor.Sentence.ShouldMatch(@"^It waits for node ct-intake:/spool, which holds 64 of its images and was last heard of at .+; it is asked again now\. The last try: it has never said where it is read from\.$");
        first.WaitsFor.IsTrouble.ShouldBeTrue();
        first.Eta!.Basis.ShouldMatch("^unknown, because node ct-intake:/spool is away for the first time, for 2 min [0-9]+ s now$");
        Detail(first, "Waits for images").ShouldContain("could not be read");

        await _fixture.ExecuteAsync("update spool set last_absence = '5 minutes' where id = $1", node);
        var known = (await OfAsync(study)).Eta!;
        known.Basis.ShouldBe("node ct-intake:/spool was away for 5 min 0 s last time");
        (known.At!.Value - Now).ShouldBeInRange(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3.1));

        await _fixture.ExecuteAsync("update spool set last_absence = '1 minute' where id = $1", node);
        (await OfAsync(study)).Eta!.At.ShouldBeNull("it is longer than last time");

        await ScoredBeforeAsync(milliseconds: 2000);
        await _fixture.ExecuteAsync("update spool set heard_at = clock_timestamp() where id = $1", node);
        (await OfAsync(study)).Eta!.Basis.ShouldStartWith("node ct-intake:/spool is there again, it is asked at ");
    }

    [Fact]
    public async Task Each_hop_has_its_cause_and_when_all_is_done_it_says_so()
    {
        await LivesAsync(Stage.Delivery);
        var study = await ClosedAsync();
        var generation = await _fixture.GenerationAsync(study);
        await _fixture.Get<SelectionStore>().RecordAsync(study, "phantom",
            [new(SomeStudies.SeriesOf(study), true, "2 slices of 1.5 mm."), new(new($"{study}.2"), false, "5 mm slices.")], Stop);
        await _fixture.Get<OutcomeStore>().CommitAsync(await _fixture.ClaimAsync(Stage.Scoring, study.Value), SomeScores.Of(generation, freeAir: 0.82), Stop);

        var journey = await OfAsync(study);

        journey.Hops.Select(hop => hop.Step).ShouldBe(
            ["First image", "Last image", "Association", "Association released", "Closed", "Selected", "Series chosen", "Series refused", "Scored", "Decided"], ignoreOrder: true);
        journey.Hops.Select(hop => hop.At).ShouldBeInOrder();
        Detail(journey, "Association released").ShouldBe("1 object, 2 of this study, 0 refused");
        Detail(journey, "Closed").ShouldBe("2 images, association released, nothing for 5.0 s.");
        Detail(journey, "Series refused").ShouldBe($"{study}.2: 5 mm slices.");
        Detail(journey, "Series chosen").ShouldBe($"\"axial\" {study}.1: 2 slices of 1.5 mm.");
        Detail(journey, "Selected").ShouldBe("for phantom 1 (digest aaaaaaaaaaaa)");
        Detail(journey, "Decided").ShouldStartWith("positive: ");
        journey.WaitsFor.ShouldBe(new WaitsFor("Nothing: done.", IsOver: true));
        journey.Eta.ShouldBeNull();
    }

    [Fact]
    public async Task Images_that_came_twice_with_another_content_are_told()
    {
        var study = SomeStudies.Study();
        await IndexAsync([], SomeStudies.Image(study, 1, Now), SomeStudies.Image(study, 2, Now));
        await IndexAsync([], SomeStudies.Image(study, 1, Now, content: "other"));
        Detail(await OfAsync(study.Uid), "Conflict").ShouldStartWith("1 image came with another content");
    }

    [Fact]
    public async Task A_scanner_that_opens_an_association_for_each_image_does_not_fill_the_page()
    {
        var study = SomeStudies.Study();
        for (var i = 1; i <= 20; i++)
        {
            var association = Guid.NewGuid();
            await IndexAsync([SomeStudies.Association(association, Now, AssociationEnding.Released)], SomeStudies.Image(study, i, Now, association));
        }

        var journey = await OfAsync(study.Uid);
        journey.Hops.Select(hop => hop.Step).ShouldBe(["Associations", "First image", "Last image", "Associations ended"], ignoreOrder: true);
        Detail(journey, "Associations ended").ShouldBe("20 released, 0 objects refused");
    }

    [Fact]
    public async Task A_study_is_found_by_its_UID_and_all_of_an_accession_by_that()
    {
        var (one, two) = (await _fixture.Get<IndexStore>().ArriveAsync(Now), await _fixture.Get<IndexStore>().ArriveAsync(Now));
        var studies = _fixture.Get<StudyStore>();
        (await studies.LookUpAsync(two.Uid.Value, Stop)).Select(study => study.Uid).ShouldBe([two.Uid]);
        (await studies.LookUpAsync("A1", Stop)).Select(study => study.Uid).ShouldBe([one.Uid, two.Uid]);
        (await studies.LookUpAsync("A\0?", Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_a_study_that_is_not_here_it_is_said_who_was_refused_and_what_broke_off()
    {
        await _fixture.Get<RefusedCallerStore>().AddAsync("CT9", "TRIAGE", "10.0.0.9", "calling AE not recognised", 2, Stop);
        await _fixture.Get<RefusedCallerStore>().AddAsync("CT9", "TRIAGE", "10.0.0.9", "calling AE not recognised", 1, Stop);
        await IndexAsync([SomeStudies.Association(Guid.NewGuid(), Now, AssociationEnding.Aborted), SomeStudies.Association(Guid.NewGuid(), Now, AssociationEnding.Released),
            SomeStudies.Association(Guid.NewGuid(), Now) with { Refused = 3 }]);

        var absence = await _fixture.Get<AbsenceStore>().ReadAsync(Stop);

        absence.Refused.ShouldHaveSingleItem().Times.ShouldBe(3);
        absence.Cut.ShouldHaveSingleItem().Ending.ShouldBe("aborted");
        absence.Open.ShouldBe(1);
    }

    [Fact]
    public async Task Titles_that_somebody_tries_do_not_fill_the_table()
    {
        await _fixture.ExecuteAsync(
            "insert into refused_caller (calling_ae, called_ae, peer_address, because, times, last_at) select 'X' || i, 'T', 'a', 'b', 1, clock_timestamp() - i * interval '1 second' from generate_series(1, 1200) i");
        await _fixture.Get<RefusedCallerStore>().TrimAsync(Stop);
        (await _fixture.CountAsync("refused_caller")).ShouldBe(1001);
        (await _fixture.Get<RefusedCallerStore>().NewestAsync(TimeSpan.FromDays(1), 1, Stop)).ShouldHaveSingleItem().CallingAe.ShouldBe("X1");
    }

    private static string Detail(StudyJourney journey, string step) => journey.Hops.Where(hop => hop.Step == step).ShouldHaveSingleItem().Detail;

    private async Task<StudyJourney> OfAsync(StudyUid study) => (await _fixture.Get<StudyJourneyStore>().FindAsync(study, Stop)).ShouldNotBeNull();

    private Task<IndexResult> IndexAsync(AssociationArrival[] associations, params InstanceArrival[] images) =>
        _fixture.Get<IndexStore>().CommitAsync(new IndexBatch(associations, images), Stop);

    private Task LivesAsync(params Stage[] stages) => new NodeStore(_fixture.Database, new NodeName("here")).BeatAsync(
        new NodeBeat("host", 1, [], stages.ToDictionary(stage => stage, _ => 2), "0.1.0", TimeSpan.FromHours(1)), TimeSpan.FromDays(7), Stop);

    private async Task<StudyUid> ClosedAsync(OrderClass order = OrderClass.Routine)
    {
        var study = await _fixture.Get<IndexStore>().ArriveAsync(Now, order);
        await CloseAsync(study.Uid);
        return study.Uid;
    }

    private async Task CloseAsync(StudyUid study) => await _fixture.Get<ClosingStore>().CloseAsync(
        await _fixture.ClaimAsync(Stage.Closing, study.Value), "2 images, association released, nothing for 5.0 s.", Stop);

    private async Task ScoredBeforeAsync(double milliseconds)
    {
        var study = await ClosedAsync();
        var scored = SomeScores.Of(await _fixture.GenerationAsync(study), freeAir: 0.1) with { Timings = new Dictionary<string, double> { ["tensor"] = milliseconds / 4, ["model"] = milliseconds * 3 / 4 } };
        await _fixture.Get<OutcomeStore>().CommitAsync(await _fixture.ClaimAsync(Stage.Scoring, study.Value), scored, Stop);
    }
}
