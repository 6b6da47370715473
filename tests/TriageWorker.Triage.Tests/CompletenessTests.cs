using TriageWorker.Triage;

namespace TriageWorker.Triage.Tests;

public sealed class CompletenessTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);
    private static readonly AssociationEndings Released = new(1, 0, 0);

    [Fact]
    public void A_study_whose_caller_still_has_an_association_open_is_not_complete_however_quiet() =>
        Completeness.Of(new StudyEvidence(120, Now.AddHours(-1), 1, Released, Idle, Now))
            .ShouldBe(new Completeness.Waiting(Now + Idle, "1 association is still open."));

    [Fact]
    public void A_study_waits_until_the_idle_time_after_its_last_image()
    {
        var waiting = Completeness.Of(new StudyEvidence(120, Now.AddSeconds(-2), 0, Released, Idle, Now)).ShouldBeOfType<Completeness.Waiting>();
        waiting.Until.ShouldBe(Now.AddSeconds(3));
        waiting.Because.ShouldBe("the last image came 2.0 s ago.");
    }

    [Theory]
    [InlineData(1, 0, 0, "120 images, association released, nothing for 5.0 s.")]
    [InlineData(0, 1, 0, "120 images, association aborted, nothing for 5.0 s.")]
    [InlineData(0, 0, 1, "120 images, association lost, nothing for 5.0 s.")]
    [InlineData(118, 1, 1, "120 images, 118 associations released, 1 aborted, 1 lost, nothing for 5.0 s.")]
    [InlineData(0, 1, 1, "120 images, 1 association aborted, 1 lost, nothing for 5.0 s.")]
    [InlineData(0, 0, 0, "120 images, nothing for 5.0 s.")]
    public void A_quiet_study_is_complete_and_says_how_its_associations_ended(int released, int aborted, int lost, string because) =>
        Completeness.Of(new StudyEvidence(120, Now.AddSeconds(-5), 0, new AssociationEndings(released, aborted, lost), Idle, Now))
            .ShouldBe(new Completeness.Closed(because));
}
