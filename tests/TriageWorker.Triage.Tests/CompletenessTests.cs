using TriageWorker.Triage;

namespace TriageWorker.Triage.Tests;

public sealed class CompletenessTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    [Fact]
    public void A_study_whose_caller_still_has_an_association_open_is_not_complete_however_quiet() =>
        Completeness.Of(new StudyEvidence(120, Now.AddHours(-1), 1, Idle, Now))
            .ShouldBe(new Completeness.Waiting(Now + Idle, "1 association is still open."));

    [Fact]
    public void A_study_waits_until_the_idle_time_after_its_last_image()
    {
        var waiting = Completeness.Of(new StudyEvidence(120, Now.AddSeconds(-2), 0, Idle, Now)).ShouldBeOfType<Completeness.Waiting>();
        waiting.Until.ShouldBe(Now.AddSeconds(3));
        waiting.Because.ShouldBe("the last image came 2.0 s ago.");
    }

    [Fact]
    public void A_quiet_study_is_complete_and_says_why() =>
        Completeness.Of(new StudyEvidence(120, Now.AddSeconds(-5), 0, Idle, Now))
            .ShouldBe(new Completeness.Closed("120 images, association released, nothing for 5.0 s."));
}
