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

    [Fact]
    public void A_series_without_a_gap_closes_after_the_pause_and_its_study_after_the_idle_time()
    {
        var evidence = Evidence(quiet: 2.1, Series("1.1", Whole), Series("1.2", stack: null));
        var waiting = Completeness.Of(evidence).ShouldBeOfType<Completeness.Waiting>();
        waiting.Until.ShouldBe(Now.AddSeconds(-2.1) + Idle);
        waiting.Series.ShouldBe([new SeriesClosing(new("1.1"), ClosedBy.Geometry, "40 slices without a gap cover 100 mm, association released, nothing for 2.1 s.", true)]);
        var closed = Completeness.Of(Evidence(quiet: 5, Series("1.1", Whole, ClosedBy.Geometry), Series("1.2", stack: null))).ShouldBeOfType<Completeness.Closed>();
        closed.Series.ShouldHaveSingleItem().ShouldSatisfyAllConditions(series => series.Uid.Value.ShouldBe("1.2"), series => series.By.ShouldBe(ClosedBy.Idle));
    }

    [Fact]
    public void A_series_is_not_taken_for_whole_before_the_pause_nor_with_a_gap_nor_while_a_list_names_more()
    {
        Completeness.Of(Evidence(quiet: 1.9, Series("1.1", Whole))).ShouldBeOfType<Completeness.Waiting>().ShouldSatisfyAllConditions(
            waiting => waiting.Series.ShouldBeEmpty(), waiting => waiting.Until.ShouldBe(Now.AddSeconds(0.1), TimeSpan.FromMilliseconds(1)));
        Completeness.Of(Evidence(quiet: 4, Series("1.1", SliceStack.Of([0, 2, 6])))).Series.ShouldBeEmpty();
        Completeness.Of(Evidence(quiet: 4, Series("1.1", Whole) with { IsAwaited = true })).Series.ShouldBeEmpty();
    }

    [Fact]
    public void A_study_closes_at_once_when_everything_on_its_lists_is_here()
    {
        var evidence = Evidence(quiet: 0.3, Series("1.1", Whole) with { IsListed = true }, Series("1.2", stack: null) with { IsListed = true });
        Completeness.Of(evidence with { Manifest = new(ManifestKind.Commitment, 1, 612, 612) }).ShouldBeOfType<Completeness.Closed>().ShouldSatisfyAllConditions(
            closed => closed.Because.ShouldBe("Complete: commitment list 612 of 612, 0.3 s after the last image."),
            closed => closed.Series.Select(series => series.By).ShouldBe([ClosedBy.Manifest, ClosedBy.Manifest]));
    }

    [Fact]
    public void A_list_of_what_no_model_can_read_closes_its_series_and_not_the_study()
    {
        var evidence = Evidence(quiet: 0.3, Series("1.2", stack: null) with { IsListed = true }) with { Manifest = new(ManifestKind.Commitment, 1, 2, 2) };
        Completeness.Of(evidence).ShouldBeOfType<Completeness.Waiting>().Series.ShouldHaveSingleItem().By.ShouldBe(ClosedBy.Manifest);
    }

    [Fact]
    public void A_list_that_names_more_than_came_is_told_when_the_study_closes_without_it() =>
        Completeness.Of(Evidence(quiet: 5, Series("1.1", Whole) with { IsAwaited = true }) with { Manifest = new(ManifestKind.Availability, 1, 612, 610) })
            .ShouldBeOfType<Completeness.Closed>().Because.ShouldBe("120 images, availability list 610 of 612, association released, nothing for 5.0 s.");

    [Fact]
    public void While_an_association_is_open_nothing_closes_whatever_speaks_for_it()
    {
        for (var quiet = 0.0; quiet < 100; quiet += 0.7)
        {
            var waiting = Completeness.Of(Evidence(quiet, Series("1.1", Whole) with { IsListed = true }) with { OpenAssociations = 1, Manifest = new(ManifestKind.Commitment, 1, 40, 40) })
                .ShouldBeOfType<Completeness.Waiting>();
            waiting.Series.ShouldBeEmpty();
            waiting.Until.ShouldBeInRange(Now.AddMilliseconds(250), Now + Idle); // soon at first: the sender waits for our answer and then ends
        }
    }

    [Theory, InlineData(0), InlineData(1)]
    public void A_study_that_never_goes_quiet_closes_at_its_ceiling(int open)
    {
        var evidence = Evidence(quiet: 0.5, Series("1.1", Whole)) with { OpenAssociations = open, OpenSince = Now.AddMinutes(-30), Ceiling = TimeSpan.FromMinutes(30) };
        var closed = Completeness.Of(evidence).ShouldBeOfType<Completeness.Closed>();
        closed.Because.ShouldBe("After 30 min images still come: 120 images so far, and later ones are scored later.");
        closed.Series.ShouldHaveSingleItem().By.ShouldBe(ClosedBy.Ceiling);
        Completeness.Of(evidence with { OpenSince = Now.AddSeconds(-1799) }).ShouldBeOfType<Completeness.Waiting>().Until.ShouldBeLessThanOrEqualTo(Now.AddSeconds(1));
    }

    [Fact]
    public void A_study_that_was_waited_for_longer_says_why() =>
        Completeness.Of(Evidence(quiet: 5) with { Learned = "the longest pauses of CT1 in 41 studies are 3.3 s" }).ShouldBeOfType<Completeness.Closed>()
            .Because.ShouldBe("120 images, association released, nothing for 5.0 s; the longest pauses of CT1 in 41 studies are 3.3 s.");

    private static SliceStack Whole => SliceStack.Of([.. Enumerable.Range(0, 40).Select(n => n * 2.5)]);

    private static StudyEvidence Evidence(double quiet, params SeriesEvidence[] series) => new(120, Now.AddSeconds(-quiet), 0, Released, Idle, Now) { Series = series };

    private static SeriesEvidence Series(string uid, SliceStack? stack, ClosedBy? by = null) =>
        new(new(uid), 40, by, IsListed: false, IsAwaited: false, stack, Qualifies: stack is { IsClosed: true });
}
