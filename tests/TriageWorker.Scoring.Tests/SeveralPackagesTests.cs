using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Scoring.Tests;

/// <summary>Each package has its own selection, generation, result, decision; the list says what all of them said.</summary>
public sealed class SeveralPackagesTests(ScoringFixture fixture) : IClassFixture<ScoringFixture>, IDisposable
{
    private const double AlwaysFires = -2, NeverFires = 2;
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_package_commits_a_result_of_its_own_and_the_study_is_positive_when_one_of_them_is()
    {
        using var role = fixture.Role([Package("calm", NeverFires), Package("eager", AlwaysFires)]);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());

        await role.RunAsync(study);
        (await ListedAsync(study)).ShouldBe(("negative", "calm: None of 1 approved findings reached its threshold. eager has not scored it yet."));
        await role.RunAsync(study);

        var (state, because) = await ListedAsync(study);
        state.ShouldBe("positive");
        because.ShouldMatch(@"^dense volume -?\d\.\d{4} \(threshold -2\.0000\)\. eager: positive\. calm: None of 1 approved findings reached its threshold\.$");
        (await fixture.ListAsync("select g.package_id from result r join generation g on g.id = r.generation_id where g.study_uid = $1 order by r.committed_at", row => row.GetString(0), study.Value))
            .ShouldBe(["calm", "eager"]);
        (await fixture.ListAsync("select package_id || ' ' || outcome || ' ' || (supersedes is null) from decision where study_uid = $1 order by decided_at", row => row.GetString(0), study.Value))
            .ShouldBe(["calm negative true", "eager positive true"]);
        (await StateAsync(study)).ShouldBe("done");
    }

    [Fact]
    public async Task The_first_word_on_every_study_comes_before_the_second_on_any_and_a_stat_study_before_both()
    {
        using var role = fixture.Role([Package("first", NeverFires), Package("second", NeverFires)]);
        var one = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        var other = await fixture.ArriveAsync(ScoringFixture.SmallPhantom(slices: 18));
        await role.RunAsync(one);
        var stat = await fixture.ArriveAsync(ScoringFixture.SmallPhantom(slices: 19));
        await fixture.ListAsync("update work set urgency = urgency - interval '24 hours' where key = $1 and stage = 'scoring' returning id", row => row.GetInt64(0), stat.Value);

        foreach (var next in (StudyUid[])[stat, stat, other, one, other]) await role.RunAsync(next);

        foreach (var study in (StudyUid[])[one, other, stat]) (await fixture.CountAsync("result", study)).ShouldBe(2);
    }

    [Fact]
    public async Task A_package_whose_worker_died_is_done_by_the_next_one_and_those_before_it_are_not_done_again()
    {
        string[] packages = [Package("before", NeverFires), Package("after", AlwaysFires)];
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        using (var role = fixture.Role(packages)) await role.RunAsync(study);
        (await fixture.Queue.ClaimAsync(Stage.Scoring, 3, Stop)).ShouldNotBeNull(); // takes the second part and is never heard of again
        await fixture.ListAsync("update work set state = 'due', lease_owner = null, lease_until = null where key = $1 and stage = 'scoring' returning id", row => row.GetInt64(0), study.Value);

        using var other = fixture.Role(packages);
        await other.RunAsync(study);

        (await fixture.CountAsync("result", study)).ShouldBe(2);
        (await fixture.CountAsync("decision", study)).ShouldBe(2);
        (await StateAsync(study)).ShouldBe("done");
    }

    [Fact]
    public async Task Selection_is_each_packages_own_and_what_one_could_not_analyse_another_may()
    {
        using var role = fixture.Role([Package("modest", NeverFires), Package("demanding", NeverFires, coverageMm: 1_000)]);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await role.RunAsync(study);
        await role.RunAsync(study);

        var (state, because) = await ListedAsync(study);
        state.ShouldBe("negative");
        because.ShouldStartWith("modest: None of 1 approved findings reached its threshold. demanding: Not analysed because ");
        (await fixture.ListAsync("select package_id || ' ' || chosen from selection where study_uid = $1 order by id", row => row.GetString(0), study.Value)).ShouldBe(["modest true", "demanding false"]);
        (await fixture.ListAsync("select package_id || ' ' || outcome from decision where study_uid = $1 order by decided_at", row => row.GetString(0), study.Value))
            .ShouldBe(["modest negative", "demanding not_analysed"]);
    }

    /// <summary>The files are damaged after the first package has read them: whoever opened them again would find no image that it can read.</summary>
    [Fact]
    public async Task The_files_of_a_study_are_opened_for_their_headers_once_whatever_the_number_of_packages()
    {
        using var role = fixture.Role([Package("tall", NeverFires, coverageMm: 1_000), Package("taller", NeverFires, coverageMm: 2_000), Package("tallest", NeverFires, coverageMm: 3_000)]);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await role.RunAsync(study);
        var files = await fixture.ListAsync("select path from instance where study_uid = $1", row => Path.Combine(fixture.Spool, row.GetString(0)), study.Value);
        files.Count.ShouldBe(20);
        foreach (var file in files) await File.WriteAllBytesAsync(file, [], Stop);
        await role.RunAsync(study);
        await role.RunAsync(study);

        var reasons = await fixture.ListAsync("select reason from selection where study_uid = $1 order by id", row => row.GetString(0), study.Value);
        reasons.Count.ShouldBe(3);
        reasons.Select(reason => reason.Replace("2000", "1000", StringComparison.Ordinal).Replace("3000", "1000", StringComparison.Ordinal)).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_study_is_not_analysed_only_when_no_package_could()
    {
        using var role = fixture.Role([Package("tall", NeverFires, coverageMm: 1_000), Package("taller", NeverFires, coverageMm: 2_000)]);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await role.RunAsync(study);
        await role.RunAsync(study);

        var (state, because) = await ListedAsync(study);
        state.ShouldBe("not_analysed");
        because.ShouldMatch("^tall: Not analysed because .+ taller: Not analysed because .+$");
    }

    [Fact]
    public async Task A_package_that_is_given_up_leaves_the_others_their_turn_and_the_study_a_dead_letter()
    {
        using var role = fixture.Role([Package("lost", NeverFires), Package("found", AlwaysFires)]);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        await using (var claim = await fixture.Queue.ClaimAsync(Stage.Scoring, maxAttempts: 0, Stop)) await role.Work.GiveUpAsync(claim.ShouldNotBeNull(), "the device is on fire", Stop);
        (await ListedAsync(study)).Because.ShouldEndWith("found has not scored it yet.");
        await role.RunAsync(study);

        var (state, because) = await ListedAsync(study);
        state.ShouldBe("positive");
        because.ShouldContain("lost: Not analysed because of a technical fault");
        (await StateAsync(study)).ShouldBe("dead");
        (await fixture.Get<DeadLetterStore>().ReplayAsync(study, "admin", Stop)).Due.ShouldBe(1);
        await role.RunAsync(study);
        await role.RunAsync(study);

        (await ListedAsync(study)).Because.ShouldContain("lost: None of 1 approved findings reached its threshold.");
        (await fixture.CountAsync("result", study)).ShouldBe(2);
        (await StateAsync(study)).ShouldBe("done");
    }

    [Fact]
    public void Two_packages_of_one_id_are_refused_by_name()
    {
        string[] packages = [Package("same", NeverFires), TinyPackage.Write(_folder.At("other"), NeverFires, version: "2.0.0", id: "same")];

        Should.Throw<FormatException>(() => fixture.Role(packages)).Message.ShouldContain("is package same 2.0.0, and same 1.0.0 stands before it in Scoring:Packages");
    }

    private string Package(string id, double threshold, double coverageMm = 40) => TinyPackage.Write(_folder.At(id), threshold, id: id, title: id, coverageMm: coverageMm);

    private async Task<(string State, string Because)> ListedAsync(StudyUid study) =>
        (await fixture.ListAsync("select state, because from worklist where study_uid = $1", row => (row.GetString(0), row.GetString(1)), study.Value)).Single();

    private async Task<string> StateAsync(StudyUid study) =>
        (await fixture.ListAsync("select state from work where key = $1 and stage = 'scoring'", row => row.GetString(0), study.Value)).Single();
}
