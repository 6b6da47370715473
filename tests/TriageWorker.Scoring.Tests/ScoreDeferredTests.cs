using TriageWorker.Bus;
using TriageWorker.Dicom;
using TriageWorker.Phantoms;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Scoring.Tests;

/// <summary>Risks that come after the urgent work: added to a result that stays as it was decided on.</summary>
public sealed class ScoreDeferredTests(ScoringFixture fixture) : IClassFixture<ScoringFixture>, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>What another test left due stays as it is.</summary>
    public async ValueTask InitializeAsync() => await fixture.ListAsync("update work set state = 'done' where state = 'due' returning 1", row => row.GetInt32(0));

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_study_is_decided_first_and_its_risks_are_added_once_on_record_without_a_second_result_or_decision()
    {
        using var role = fixture.Role([Package()]);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());

        await role.RunAsync(study);

        (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem().Outcome.ShouldBe("positive");
        (await ResultAsync(study)).Scores.RisksFollow.ShouldBeTrue();
        (await RisksAsync(study)).ShouldBeEmpty();
        (await WaitsForAsync(study)).ShouldBe("It is decided; its five-year risks are still to come, but no scoring process is running.");
        (await RowsAsync(study)).ShouldBe(["done", "deferred due"]);

        await role.RunAsync(study);

        (await RisksAsync(study)).ShouldBe(["R5_A", "R5_B"]);
        (await WaitsForAsync(study)).ShouldNotContain("five-year");
        (await RowsAsync(study)).ShouldBe(["done", "deferred done"]);
        (await fixture.CountAsync("result", study)).ShouldBe(1);
        (await fixture.CountAsync("decision", study)).ShouldBe(1);
        (await LedgerAsync(study)).ShouldBe(["result.extended"]);
        (await fixture.ListAsync("select encode(a.tensor_digest, 'hex') = encode(r.tensor_digest, 'hex') from result_addition a join result r using (generation_id) join generation g on g.id = generation_id where study_uid = $1",
            row => row.GetBoolean(0), study.Value)).ShouldBe([true]);
    }

    [Fact]
    public async Task They_are_what_the_graph_says_of_the_tensor_that_was_decided_on()
    {
        using var role = fixture.Role([Package()]);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await role.RunAsync(study);
        await role.RunAsync(study);

        // The second graph is the first one's double: its two outputs under a sigmoid are risks, and their quotient's cosine is the finding.
        var risks = (await ResultAsync(study)).Known.Risks.Select(risk => Math.Log(risk.Score / (1 - risk.Score))).ToList();
        (await ResultAsync(study)).Scores.Findings.ShouldHaveSingleItem().Score.ShouldBe(2 * risks[0] / Math.Sqrt((risks[0] * risks[0]) + (risks[1] * risks[1])), 1e-5);
    }

    [Fact]
    public async Task The_first_word_on_every_other_study_comes_before_also_on_one_that_came_later_and_a_busy_process_leaves_them_alone_until_their_time_has_come()
    {
        using var role = fixture.Role([Package()]);
        var early = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await role.RunAsync(early);
        var late = await fixture.ArriveAsync(ScoringFixture.SmallPhantom(slices: 18));

        await role.RunAsync(late);
        (await fixture.DecisionsAsync(late)).ShouldHaveSingleItem();
        (await RisksAsync(early)).ShouldBeEmpty();
        (await ClaimBusyAsync()).ShouldBeNull();
        await fixture.ListAsync("update work set due_at = due_at - interval '61 minutes', urgency = urgency - interval '61 minutes' where study_uid = $1 and key like 'deferred/%' returning id", row => row.GetInt64(0), early.Value);
        var aged = (await ClaimBusyAsync()).ShouldNotBeNull();
        aged.Study.ShouldBe(early);
        await aged.DisposeAsync();

        await role.RunAsync(early);
        await role.RunAsync(late);
        (await RisksAsync(early)).Count.ShouldBe(2);
        (await RisksAsync(late)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_process_that_dies_over_them_leaves_them_to_the_next_which_decides_nothing_again()
    {
        var package = Package();
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        using (var role = fixture.Role([package])) await role.RunAsync(study);
        (await fixture.Queue.ClaimAsync(Stage.Scoring, 3, Stop)).ShouldNotBeNull(); // and is never heard of again
        await fixture.ListAsync("update work set state = 'due', lease_owner = null, lease_until = null where study_uid = $1 and key like 'deferred/%' returning id", row => row.GetInt64(0), study.Value);

        using var next = fixture.Role([package]);
        await next.RunAsync(study);

        (await RisksAsync(study)).Count.ShouldBe(2);
        (await fixture.CountAsync("result", study)).ShouldBe(1);
        (await fixture.CountAsync("decision", study)).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_given_up_says_so_changes_no_verdict_and_comes_by_a_replay()
    {
        using var role = fixture.Role([Package()]);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await role.RunAsync(study);

        await using (var claim = await fixture.Queue.ClaimAsync(Stage.Scoring, maxAttempts: 0, Stop)) await role.Work.GiveUpAsync(claim.ShouldNotBeNull(), "the device is on fire", Stop);

        (await ResultAsync(study)).Addition!.Because.ShouldBe("They could not be computed because of a technical fault: 0 attempts failed, the last with \"the device is on fire\".");
        (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem().Outcome.ShouldBe("positive");
        (await RowsAsync(study)).ShouldBe(["done", "deferred dead"]);
        (await WaitsForAsync(study)).ShouldStartWith("Nothing more happens by itself: computing its five-year risks was given up: ");

        (await fixture.Get<DeadLetterStore>().ReplayAsync(study, "admin", Stop)).Due.ShouldBe(1);
        await role.RunAsync(study);
        (await RisksAsync(study)).Count.ShouldBe(2);
        (await ResultAsync(study)).Addition!.Because.ShouldBeNull();
        (await LedgerAsync(study)).ShouldBe(["result.unextended", "result.extended"]);
        (await RowsAsync(study)).ShouldBe(["done", "deferred done"]);
    }

    [Fact]
    public async Task A_newer_result_gets_them_and_the_one_that_it_replaced_says_why_it_has_none()
    {
        DicomFile[] files = [.. PhantomDicom.Images(Phantom.Draw(ScoringFixture.SmallPhantom(), cancellation: Stop), new PhantomWriteOptions { Identity = Guid.NewGuid().ToString() }).Select(image => new DicomFile(image.Dataset))];
        using var role = fixture.Role([Package()]);
        var study = await fixture.ArriveAsync(files[..^1]);
        await role.RunAsync(study);
        await fixture.ArriveAsync(files[^1..]);
        for (var i = 0; i < 3; i++) await role.RunAsync(study);

        var results = (await PageAsync(study)).Results;
        results.Select(result => result.Addition!.Because).ShouldBe(["A newer result of the study replaced this one before its five-year risks were computed.", null]);
        results.Select(result => result.Known.Risks.Count).ShouldBe([0, 2]);
        (await fixture.CountAsync("decision", study)).ShouldBe(2);
        (await LedgerAsync(study)).ShouldBe(["result.unextended", "result.extended"]);
    }

    [Fact]
    public async Task Images_that_are_gone_by_then_are_counted_and_the_verdict_stands()
    {
        using var role = fixture.Role([Package()]);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await role.RunAsync(study);
        await fixture.ListAsync("delete from instance where ctid in (select ctid from instance where study_uid = $1 limit 3) returning 1", row => row.GetInt32(0), study.Value);

        await role.RunAsync(study);

        (await ResultAsync(study)).Addition!.Because.ShouldBe("They could not be computed any more: of the 20 images that were scored 3 are not here any more.");
        (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem().Outcome.ShouldBe("positive");
        (await RowsAsync(study)).ShouldBe(["done", "deferred done"]);
    }

    [Fact]
    public async Task Files_that_are_gone_under_their_rows_are_tried_again_and_given_up_in_words()
    {
        using var role = fixture.Role([Package()]);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await role.RunAsync(study);
        foreach (var path in await fixture.ListAsync("select path from instance where study_uid = $1", row => row.GetString(0), study.Value)) File.Delete(Path.Combine(fixture.Spool, path));

        await using (var claim = (await fixture.Queue.ClaimAsync(Stage.Scoring, 3, Stop)).ShouldNotBeNull())
        {
            var gone = await Should.ThrowAsync<IOException>(() => role.Work.RunAsync(claim, Stop));
            role.Work.Retry.Judge(gone).Prospect.ShouldBe(Prospect.Passing);
            await role.Work.GiveUpAsync(claim, gone.Message, Stop);
        }

        (await ResultAsync(study)).Addition!.Because!.ShouldStartWith("They could not be computed because of a technical fault: ");
        (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem().Outcome.ShouldBe("positive");
    }

    [Fact]
    public async Task Retention_leaves_the_images_alone_until_they_are_computed()
    {
        using var role = fixture.Role([Package()]);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await role.RunAsync(study);
        await fixture.ListAsync("update delivery set state = 'delivered' where study_uid = $1 returning 1", row => row.GetInt32(0), study.Value);
        await fixture.ListAsync("update work set state = 'done' where study_uid = $1 and stage = 'delivery' returning 1", row => row.GetInt32(0), study.Value);

        (await HeldAsync(study)).ShouldBe("work is due for them");
        await role.RunAsync(study);
        (await HeldAsync(study)).ShouldBeNull();
    }

    [Fact]
    public async Task A_package_that_is_another_or_gone_by_then_is_named()
    {
        var (replaced, removed) = (await fixture.ArriveAsync(ScoringFixture.SmallPhantom()), await fixture.ArriveAsync(ScoringFixture.SmallPhantom(slices: 18)));
        using (var role = fixture.Role([Package()]))
        {
            await role.RunAsync(replaced);
            await role.RunAsync(removed);
        }

        using (var newer = fixture.Role([Package(version: "2.0.0")])) await newer.RunAsync(replaced);
        using (var without = fixture.Role([TinyPackage.Write(_folder.At("other"), threshold: -2, id: "other")])) await without.RunAsync(removed);

        (await ResultAsync(replaced)).Addition!.Because.ShouldBe("tiny 1.0.0 was replaced by 2.0.0 before they were computed.");
        (await ResultAsync(removed)).Addition!.Because.ShouldBe("tiny was taken out of the settings before they were computed.");
        (await RowsAsync(removed)).ShouldBe(["done", "deferred done"]);
    }

    [Fact]
    public async Task A_claim_that_was_lost_adds_nothing_and_a_second_one_changes_nothing()
    {
        using var role = fixture.Role([Package()]);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await role.RunAsync(study);
        await using (var claim = (await fixture.Queue.ClaimAsync(Stage.Scoring, 3, Stop)).ShouldNotBeNull())
        {
            await fixture.ListAsync("update work set fence = fence + 1, state = 'due', lease_owner = null, lease_until = null where id = $1 returning 1", row => row.GetInt32(0), claim.Work.Id);
            await Should.ThrowAsync<LeaseLostException>(() => role.Work.RunAsync(claim, Stop));
        }

        (await RisksAsync(study)).ShouldBeEmpty();
        await role.RunAsync(study);
        var first = (await ResultAsync(study)).Addition!.At;
        await fixture.ListAsync("update work set state = 'due' where study_uid = $1 and key like 'deferred/%' returning 1", row => row.GetInt32(0), study.Value);
        await role.RunAsync(study);
        (await ResultAsync(study)).Addition!.At.ShouldBe(first);
        (await LedgerAsync(study)).ShouldBe(["result.extended"]);
    }

    [Fact]
    public async Task A_package_without_them_has_one_pass_and_several_packages_all_speak_before_the_first_risk_is_computed()
    {
        using var role = fixture.Role([Package(), TinyPackage.Write(_folder.At("plain"), threshold: -2, id: "plain")]);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await role.RunAsync(study);
        await role.RunAsync(study);

        (await fixture.CountAsync("decision", study)).ShouldBe(2);
        (await RowsAsync(study)).ShouldBe(["done", "deferred due"]);
        await role.RunAsync(study);
        (await PageAsync(study)).Results.Select(result => (result.Scores.Package.Id, result.Known.Risks.Count)).ShouldBe([("tiny", 2), ("plain", 0)]);
    }

    private string Package(string version = "1.0.0") => TinyPackage.Write(_folder.At($"tiny-{version}"), threshold: -2, version: version, deferredRisks: true);

    private Task<Claim?> ClaimBusyAsync() => fixture.Queue.ClaimAsync(Stage.Scoring, 3, [], isIdle: false, Stop);

    private async Task<StudyPage> PageAsync(StudyUid study) => (await fixture.Get<StudyPageStore>().FindAsync(study, Stop)).ShouldNotBeNull();

    private async Task<ResultRow> ResultAsync(StudyUid study) => (await PageAsync(study)).Results.ShouldHaveSingleItem();

    private async Task<IReadOnlyList<string>> RisksAsync(StudyUid study) => [.. (await ResultAsync(study)).Known.Risks.Select(risk => risk.Key)];

    private async Task<string> WaitsForAsync(StudyUid study)
    {
        await fixture.ListAsync("update delivery set state = 'withheld' where study_uid = $1 and state = 'due' returning 1", row => row.GetInt32(0), study.Value);
        return (await fixture.Get<StudyJourneyStore>().FindAsync(study, Stop)).ShouldNotBeNull().WaitsFor.Sentence;
    }

    private Task<List<string>> LedgerAsync(StudyUid study) => fixture.ListAsync("select event from audit where study_uid = $1 and event like 'result.%' order by id", row => row.GetString(0), study.Value);

    private Task<List<string>> RowsAsync(StudyUid study) => fixture.ListAsync(
        "select case when key like 'deferred/%' then 'deferred ' else '' end || state from work where study_uid = $1 and stage = 'scoring' order by id", row => row.GetString(0), study.Value);

    private async Task<string?> HeldAsync(StudyUid study)
    {
        var store = fixture.Get<RetentionStore>();
        var aged = await store.OldestAsync(null, await store.BeforeAsync(-TimeSpan.FromHours(1), Stop), 1_000, Stop);
        return aged.Single(each => each.Uid == study).Held;
    }
}
