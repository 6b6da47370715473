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

    internal static StudyScores Scores(params (string Key, double Score)[] findings) => new(
        new PackageIdentity("phantom", "1", "Phantom", "00", true),
        [.. findings.Select(finding => new FindingScore(finding.Key, finding.Key.ToLowerInvariant(), finding.Score,
            new CodedConcept(finding.Key, "99TRIAGE", finding.Key)))], [], []);
}
