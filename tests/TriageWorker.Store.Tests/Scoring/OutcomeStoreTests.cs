using TriageWorker.Triage;

namespace TriageWorker.Store.Tests;

public sealed class OutcomeStoreTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private readonly OutcomeStore _outcomes = fixture.Get<OutcomeStore>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_scored_generation_leaves_result_decision_list_row_and_audit_line_and_ends_the_claim()
    {
        var work = await fixture.ClosedAsync();
        var generation = await fixture.GenerationAsync(work.Study);

        (await _outcomes.CommitAsync(work, SomeScores.Of(generation, freeAir: 0.82), Stop)).ShouldBe(CommitVerdict.Committed);

        var page = (await fixture.Get<StudyPageStore>().FindAsync(work.Study, Stop)).ShouldNotBeNull();
        var result = page.Results.ShouldHaveSingleItem();
        result.Scores.Findings.ShouldHaveSingleItem().Score.ShouldBe(0.82);
        result.Scores.Phenotypes.ShouldHaveSingleItem().Score.ShouldBe(double.NaN, "what the model said is kept, also when it is no number");
        (await fixture.ReadAsync("select scores::text from result where generation_id = $1", row => row.GetString(0), generation.Id.Value)).ShouldNotContain("\"Phenotype\"", Case.Sensitive, "names stand once for a package");
        result.Timings["model"].ShouldBe(12.5);
        var decision = page.Decisions.ShouldHaveSingleItem();
        decision.ShouldSatisfyAllConditions(row => row.State.ShouldBe("positive"), row => row.Level.ShouldBe(FlagLevel.High),
            row => row.Approved.ShouldBe(SomeScores.Policy.Approved), row => row.PolicyDigest.ShouldBe(SomeScores.Policy.Digest));
        page.Worklist!.ShouldSatisfyAllConditions(row => row.State.ShouldBe("positive"), row => row.Flags.ShouldHaveSingleItem().Score.ShouldBe(0.82));
        page.Audit.Select(line => line.Event).ShouldBe(["study.closed", "generation.made", "decision.made"]);
        page.Work.Single(row => row.Stage == Stage.Scoring).State.ShouldBe("done");
        (await fixture.ReadAsync("select embedding from result where generation_id = $1", row => row.GetFieldValue<byte[]>(0), generation.Id.Value))
            .ShouldBe([0, 0, 128, 63, 0, 0, 32, 192], "float32 little endian: 1, -2.5");
    }

    [Fact]
    public async Task A_generation_has_exactly_one_result_however_many_commit_it_at_once()
    {
        var work = await fixture.ClosedAsync();
        var generation = await fixture.GenerationAsync(work.Study);

        var attempts = await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            try
            {
                return (CommitVerdict?)await _outcomes.CommitAsync(work, SomeScores.Of(generation, freeAir: 0.1 * worker), Stop);
            }
            catch (LeaseLostException)
            {
                return null;
            }
        }));

        attempts.Count(verdict => verdict == CommitVerdict.Committed).ShouldBe(1);
        attempts.Count(verdict => verdict is null).ShouldBe(7);
        (await fixture.CountAsync("result where generation_id = $1", generation.Id.Value)).ShouldBe(1);
        (await fixture.CountAsync("decision where study_uid = $1", work.Study.Value)).ShouldBe(1);
        (await fixture.CountAsync("audit where study_uid = $1 and event = 'decision.made'", work.Study.Value)).ShouldBe(1);
    }

    [Fact]
    public async Task The_same_inputs_are_the_same_generation_and_committing_it_under_a_later_claim_changes_nothing()
    {
        var work = await fixture.ClosedAsync();
        var generation = await fixture.GenerationAsync(work.Study);
        await _outcomes.CommitAsync(work, SomeScores.Of(generation, freeAir: 0.82), Stop);
        var again = await fixture.GenerationAsync(work.Study);
        again.Id.ShouldBe(generation.Id);
        again.HasResult.ShouldBeTrue();

        var later = await fixture.ClaimAsync(Stage.Scoring, work.Key);
        (await _outcomes.CommitAsync(later, SomeScores.Of(again, freeAir: 0.1), Stop)).ShouldBe(CommitVerdict.DecidedBefore);

        (await fixture.Get<WorklistStore>().FindAsync(work.Study, Stop))!.State.ShouldBe("positive");
        (await fixture.CountAsync("work where study_uid = $1 and stage = 'scoring' and state = 'done'", work.Study.Value)).ShouldBe(1);
    }

    [Fact]
    public async Task A_flag_that_falls_with_newer_images_says_so()
    {
        var work = await fixture.ClosedAsync();
        var first = await fixture.GenerationAsync(work.Study);
        await _outcomes.CommitAsync(work, SomeScores.Of(first, freeAir: 0.82), Stop);
        var second = await fixture.GenerationAsync(work.Study, images: 3);
        second.Supersedes.ShouldBe(first.Id);

        await _outcomes.CommitAsync(await fixture.ClaimAsync(Stage.Scoring, work.Key), SomeScores.Of(second, freeAir: 0.1), Stop);

        var row = (await fixture.Get<WorklistStore>().FindAsync(work.Study, Stop))!;
        row.State.ShouldBe("negative");
        row.Because.ShouldBe("None of 1 approved findings reached its threshold. Lowered from high: newer images were scored.");
        var decisions = await fixture.Get<StudyPageStore>().DecisionsAsync(work.Study, Stop);
        decisions[1].Supersedes.ShouldBe(decisions[0].Id);
    }

    [Fact]
    public async Task A_study_that_could_not_be_scored_says_why_once_and_one_that_was_scored_keeps_its_verdict_and_place()
    {
        var work = await fixture.ClosedAsync();
        (await _outcomes.CommitAsync(work, new Outcome.NotAnalysed("no series is suitable."), demonstration: false, pageOnly: false, Stop)).ShouldBe(CommitVerdict.Committed);
        (await fixture.Get<WorklistStore>().FindAsync(work.Study, Stop))!.ShouldSatisfyAllConditions(
            row => row.State.ShouldBe("not_analysed"), row => row.Because.ShouldBe("Not analysed because no series is suitable."));
        var repeated = await fixture.ClaimAsync(Stage.Scoring, work.Key);
        (await _outcomes.CommitAsync(repeated, new Outcome.NotAnalysed("no series is suitable."), demonstration: false, pageOnly: false, Stop)).ShouldBe(CommitVerdict.DecidedBefore);

        var generation = await fixture.GenerationAsync(work.Study);
        await _outcomes.CommitAsync(await fixture.ClaimAsync(Stage.Scoring, work.Key), SomeScores.Of(generation, freeAir: 0.82), Stop);
        var flagged = (await fixture.Get<WorklistStore>().FindAsync(work.Study, Stop))!;
        await _outcomes.CommitAsync(await fixture.ClaimAsync(Stage.Scoring, work.Key, exhausted: true), new Outcome.NotAnalysed("of a technical fault."), demonstration: false, pageOnly: false, Stop);

        var row = (await fixture.Get<WorklistStore>().FindAsync(work.Study, Stop))!;
        row.State.ShouldBe("positive");
        row.RankKey.ShouldBe(flagged.RankKey);
        row.Because.ShouldBe("Free air 0.8200 (threshold 0.4000). Later images were not analysed because of a technical fault.");
        var decisions = await fixture.Get<StudyPageStore>().DecisionsAsync(work.Study, Stop);
        decisions.Count.ShouldBe(3);
        decisions[2].ShouldSatisfyAllConditions(last => last.State.ShouldBe("not_analysed"), last => last.Because.ShouldBe(row.Because),
            last => last.Level.ShouldBe(FlagLevel.High), last => last.Flags.ShouldBe(decisions[1].Flags), last => last.Supersedes.ShouldBe(decisions[1].Id));
        (await fixture.CountAsync("work where study_uid = $1 and state = 'dead'", work.Study.Value)).ShouldBe(1);
    }

    [Fact]
    public async Task A_verdict_that_stands_is_said_as_often_as_later_images_cannot_be_analysed()
    {
        var work = await fixture.ClosedAsync();
        await _outcomes.CommitAsync(work, SomeScores.Of(await fixture.GenerationAsync(work.Study), freeAir: 0.1), Stop);

        await NotAnalysedAsync("the slices have gaps.");
        (await NotAnalysedAsync("the slices have gaps.")).ShouldBe(CommitVerdict.DecidedBefore);
        (await NotAnalysedAsync("a slice stands twice.")).ShouldBe(CommitVerdict.Committed);

        var row = (await fixture.Get<WorklistStore>().FindAsync(work.Study, Stop))!;
        row.State.ShouldBe("negative");
        row.Because.ShouldBe("None of 1 approved findings reached its threshold. Later images were not analysed because a slice stands twice.");

        async Task<CommitVerdict> NotAnalysedAsync(string because) =>
            await _outcomes.CommitAsync(await fixture.ClaimAsync(Stage.Scoring, work.Key), new Outcome.NotAnalysed(because), demonstration: false, pageOnly: false, Stop);
    }

    [Fact]
    public async Task A_claim_that_was_lost_commits_nothing()
    {
        var work = await fixture.ClosedAsync();
        var generation = await fixture.GenerationAsync(work.Study);
        await fixture.ClaimAsync(Stage.Scoring, work.Key);

        await Should.ThrowAsync<LeaseLostException>(() => _outcomes.CommitAsync(work, SomeScores.Of(generation, 0.82), Stop));
        await Should.ThrowAsync<LeaseLostException>(() => _outcomes.CommitAsync(work, new Outcome.NotAnalysed("x"), demonstration: false, pageOnly: false, Stop));
        await Should.ThrowAsync<LeaseLostException>(() => _outcomes.CompleteUnchangedAsync(work, Stop));

        (await fixture.CountAsync("decision where study_uid = $1", work.Study.Value)).ShouldBe(0);
        (await fixture.Get<GenerationStore>().FindOrAddAsync(new NewGeneration(work.Study, SomeScores.Package(), new($"{work.Study}.1"),
            await fixture.Get<GenerationStore>().InputsAsync(generation.Id, Stop)), Stop)).HasResult.ShouldBeFalse();
    }

    [Fact]
    public async Task Selection_is_kept_with_its_reasons_and_not_repeated_while_it_says_the_same()
    {
        var work = await fixture.ClosedAsync();
        SeriesVerdict[] verdicts = [new(new($"{work.Study}.1"), true, "Axial, 1.0 mm."), new(new($"{work.Study}.2"), false, "A localizer.")];

        await fixture.Get<SelectionStore>().RecordAsync(work.Study, "phantom", verdicts, Stop);
        await fixture.Get<SelectionStore>().RecordAsync(work.Study, "phantom", [verdicts[0], verdicts[1] with { Reason = "Two slices." }], Stop);

        (await fixture.Get<SelectionStore>().OfAsync(work.Study, Stop)).Select(row => row.Verdict.Reason).ShouldBe(["Axial, 1.0 mm.", "A localizer.", "Two slices."]);
    }
}
