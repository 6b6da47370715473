using TriageWorker.Triage;

namespace TriageWorker.Triage.Tests;

public sealed class DisclosureTests
{
    private static readonly CodedConcept Code = new("1", "99TRIAGE", "test");
    private static readonly ApprovedFinding[] Approved = [new("FREE_AIR", FlagLevel.High, 0.3, 0.1)];

    private static readonly StudyScores Scores = new(new PackageIdentity("merlin", "1", "Merlin", "00", Demonstration: false),
        [new("FREE_AIR", "Free air", 0.5, Code), new("FRACTURE", "Fracture", 0.9, Code)], [new("250.2", "Diabetes", 0.4, Code)],
        [new("R5_DM", "Diabetes mellitus", 0.2, Code), new("R5_CLD", "Chronic liver disease", 0.1, Code)]);

    private static readonly ConfirmedRisk Confirmed = new("merlin", "R5_CLD", RiskDisease.Named("osteoporosis")!, "user admin", DateTimeOffset.UnixEpoch);

    [Fact]
    public void While_no_finding_is_approved_nothing_is_shown_or_sent()
    {
        Disclosure.Shown(Scores, [], []).ShouldBeNull();
        Disclosure.Sent(Scores, [], [Confirmed]).ShouldBeNull();
    }

    [Fact]
    public void A_finding_that_is_not_in_use_is_shown_and_not_sent()
    {
        Disclosure.Shown(Scores, Approved, [])!.Findings.ShouldBe(Scores.Findings);
        Disclosure.Sent(Scores, Approved, [])!.Findings.ShouldBe([Scores.Findings[0]]);
    }

    [Fact]
    public void A_disputed_risk_is_neither_shown_nor_sent_until_the_site_has_confirmed_it()
    {
        Disclosure.Shown(Scores, Approved, [])!.Risks.Select(risk => risk.Key).ShouldBe(["R5_DM"]);
        Disclosure.Sent(Scores, Approved, [])!.Risks.Select(risk => risk.Key).ShouldBe(["R5_DM"]);
        Disclosure.Shown(Scores, Approved, [Confirmed])!.Risks.Select(risk => (risk.Key, risk.Label, risk.Note is null)).ShouldBe([("R5_DM", "Diabetes mellitus", true), ("R5_OST", "Osteoporosis", false)], ignoreOrder: true);
        Disclosure.Sent(Scores, Approved, [Confirmed])!.Risks.Select(risk => risk.Key).ShouldBe(["R5_DM", "R5_OST"], ignoreOrder: true);
    }

    [Fact]
    public void A_risk_that_its_package_holds_back_waits_for_the_word_on_that_package_and_that_risk()
    {
        var held = Scores with { Risks = [new("R5_OST", "Osteoporosis (disputed)", 0.1, Code) { Held = "The sources disagree." }] };

        Disclosure.Shown(held, Approved, [Confirmed, Confirmed with { PackageId = "other", Risk = "R5_OST" }])!.Risks.ShouldBeEmpty();
        var told = Disclosure.Shown(held, Approved, [Confirmed with { Risk = "R5_OST", Disease = RiskDisease.Named("chronic-liver-disease")! }])!.Risks.ShouldHaveSingleItem();
        (told.Key, told.Label, told.Score, told.Held).ShouldBe(("R5_CLD", "Chronic liver disease", 0.1, null));
        told.Note.ShouldBe("The publishers' sources disagree about this output; this site confirmed chronic liver disease on 1970-01-01.");
    }

    [Fact]
    public void Phenotypes_follow_the_site_as_a_whole() => Disclosure.Sent(Scores, Approved, [])!.Phenotypes.ShouldBe(Scores.Phenotypes);
}
