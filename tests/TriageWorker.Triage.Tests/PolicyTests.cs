using TriageWorker.Triage;

namespace TriageWorker.Triage.Tests;

public sealed class PolicyTests
{
    private static readonly Policy Phantom = new("phantom", "1", "phantom",
    [
        new ApprovedFinding("FREE_AIR", FlagLevel.High, 0.30, 0.10),
        new ApprovedFinding("ASCITES", FlagLevel.Medium, 0.20, 0.10),
    ], "00");

    [Fact]
    public void A_finding_at_its_threshold_fires()
    {
        var positive = Phantom.Decide(Scores(("FREE_AIR", 0.30), ("ASCITES", -0.5))).ShouldBeOfType<Outcome.Positive>();
        positive.Flags.ShouldHaveSingleItem().ShouldBe(new Flag("FREE_AIR", "free_air", FlagLevel.High, 0.30, 0.30));
        positive.Level.ShouldBe(FlagLevel.High);
    }

    [Fact]
    public void A_finding_just_below_its_threshold_does_not_fire() =>
        Phantom.Decide(Scores(("FREE_AIR", 0.2999), ("ASCITES", 0.1999))).ShouldBe(new Outcome.Negative(2));

    [Fact]
    public void The_strongest_level_is_named_first_whatever_the_scores_are()
    {
        var positive = (Outcome.Positive)Phantom.Decide(Scores(("ASCITES", 1.9), ("FREE_AIR", 0.31)));
        positive.Flags.Select(flag => flag.Key).ShouldBe(["FREE_AIR", "ASCITES"]);
    }

    [Fact]
    public void An_unapproved_finding_never_raises_a_study() =>
        Phantom.Decide(Scores(("FREE_AIR", -1), ("ASCITES", -1), ("FRACTURE", 2))).ShouldBe(new Outcome.Negative(2));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_score_that_is_no_number_takes_the_negative_away(double broken) =>
        Phantom.Decide(Scores(("FREE_AIR", broken), ("ASCITES", -1)))
            .ShouldBeOfType<Outcome.NotAnalysed>().Because.ShouldContain("FREE_AIR");

    [Fact]
    public void A_missing_score_does_not_hide_a_finding_that_fired() =>
        Phantom.Decide(Scores(("ASCITES", 0.5))).ShouldBeOfType<Outcome.Positive>();

    [Fact]
    public void Without_approved_findings_there_is_no_negative() =>
        (Phantom with { Approved = [] }).Decide(Scores(("FREE_AIR", 2)))
            .ShouldBe(new Outcome.NotAnalysed("no finding is in use here yet."));

    [Fact]
    public void A_policy_speaks_of_its_own_package_only()
    {
        var scores = Scores(("FREE_AIR", 2), ("ASCITES", 2));
        var foreign = scores with { Package = scores.Package with { Id = "merlin" } };
        Phantom.Decide(foreign).ShouldBeOfType<Outcome.NotAnalysed>().Because.ShouldContain("merlin");
    }

    [Fact]
    public void A_threshold_that_was_approved_for_other_scores_raises_nothing_and_takes_the_negative_away()
    {
        var policy = Bound.Over(new Dictionary<string, string> { ["FREE_AIR"] = "other", ["ASCITES"] = "a2" });
        policy.Approved.ShouldHaveSingleItem().Key.ShouldBe("ASCITES");
        policy.Held.ShouldHaveSingleItem().Key.ShouldBe("FREE_AIR");
        policy.Decide(Scores(("FREE_AIR", 2), ("ASCITES", -1))).ShouldBe(new Outcome.NotAnalysed("the model has changed since thresholds were approved for free_air."));
        policy.Decide(Scores(("FREE_AIR", 2), ("ASCITES", 1))).ShouldBeOfType<Outcome.Positive>().Flags.ShouldHaveSingleItem().Key.ShouldBe("ASCITES");
        policy.Digest.ShouldBe(Bound.Digest);
    }

    [Fact]
    public void Where_all_that_is_approved_is_held_back_the_policy_is_not_silent()
    {
        var policy = Bound.Over(new Dictionary<string, string>());
        policy.Approved.ShouldBeEmpty();
        policy.IsSilent.ShouldBeFalse();
        policy.Decide(Scores(("ASCITES", 1))).ShouldBe(new Outcome.NotAnalysed("the model has changed since thresholds were approved for FREE_AIR, ascites."));
        (Bound with { Approved = [] }).IsSilent.ShouldBeTrue();
    }

    [Fact]
    public void Thresholds_that_were_approved_for_these_scores_or_do_not_say_for_which_decide()
    {
        var policy = (Bound with { Approved = [Bound.Approved[0], Phantom.Approved[1]] }).Over(new Dictionary<string, string> { ["FREE_AIR"] = "f1", ["ASCITES"] = "any" });
        policy.Held.ShouldBeEmpty();
        policy.Decide(Scores(("FREE_AIR", -1), ("ASCITES", -1))).ShouldBe(new Outcome.Negative(2));
    }

    private static Policy Bound => Phantom with { Approved = [Phantom.Approved[0] with { ApprovedFor = "f1" }, Phantom.Approved[1] with { ApprovedFor = "a2" }] };

    internal static StudyScores Scores(params (string Key, double Score)[] findings) => new(
        new PackageIdentity("phantom", "1", "Phantom", "00", true),
        [.. findings.Select(finding => new FindingScore(finding.Key, finding.Key.ToLowerInvariant(), finding.Score,
            new CodedConcept(finding.Key, "99TRIAGE", finding.Key)))], [], []);
}
