using TriageWorker.Imaging.Series;

namespace TriageWorker.Imaging.Tests.Series;

/// <summary>Which series are looked at by their pixels, and what follows.</summary>
public sealed class PixelLookTests
{
    private static readonly SliceHeader[] Thorax = Headers.Stack(330, 1, bottom: 200, series: "2.25.1"), Abdomen = Headers.Stack(250, 1, bottom: -20, series: "2.25.2");

    private readonly List<string> _looked = [];

    [Fact]
    public void A_longer_thorax_that_just_reaches_the_abdomen_is_not_preferred_to_an_abdomen()
    {
        var selection = Select(new() { ["2.25.1"] = 50, ["2.25.2"] = 240 }, Thorax, Abdomen);

        selection.Chosen.ShouldNotBeNull().SeriesUid.ShouldBe("2.25.2");
        selection.Verdicts[0].SeriesUid.ShouldBe("2.25.2");
        selection.Verdicts[1].Because.ShouldEndWith("; it covers 50 mm of the abdomen, the chosen one 240 mm of the abdomen");
        _looked.ShouldBe(["2.25.1", "2.25.2"]);
    }

    [Fact]
    public void Several_reconstructions_of_one_body_cost_one_look()
    {
        var thin = Headers.Stack(251, 1, bottom: -20, series: "2.25.3").Each(s => s with { Kernel = "BONE" });

        var selection = Select(new() { ["2.25.2"] = 180 }, thin, Abdomen);

        selection.Chosen.ShouldNotBeNull().SeriesUid.ShouldBe("2.25.2");
        selection.Verdicts[1].Because.ShouldEndWith("; its kernel is sharp, the chosen one's soft");
        _looked.ShouldBe(["2.25.2"]);
    }

    [Fact]
    public void A_better_one_within_a_longer_one_is_looked_at_and_taken()
    {
        var whole = Headers.Stack(450, 1, bottom: -120, series: "2.25.3").Each(s => s with { Kernel = "BONE" });

        Select(new() { ["2.25.3"] = 240, ["2.25.2"] = 230 }, whole, Abdomen).Chosen.ShouldNotBeNull().SeriesUid.ShouldBe("2.25.2");
        _looked.ShouldBe(["2.25.3", "2.25.2"]);
    }

    [Fact]
    public void What_is_too_short_to_be_the_best_is_not_looked_at_and_told_so()
    {
        var selection = Select(new() { ["2.25.2"] = 240 }, Headers.Stack(100, 1, bottom: -400, series: "2.25.0"), Abdomen);

        selection.Verdicts[1].Because.ShouldEndWith("; it covers at most 100 mm of the abdomen, the chosen one 240 mm of the abdomen");
        _looked.ShouldBe(["2.25.2"]);
    }

    [Fact]
    public void Where_none_passes_each_is_told_why()
    {
        var selection = Select([], Thorax, Abdomen);

        selection.Chosen.ShouldBeNull();
        selection.Verdicts.ShouldAllBe(verdict => !verdict.IsChosen && verdict.Because == "no abdomen");
        _looked.ShouldBe(["2.25.1", "2.25.2"]);
    }

    [Fact]
    public void Places_of_another_frame_of_reference_are_not_taken_for_the_same()
    {
        var moved = Headers.Stack(240, 1, bottom: -15, series: "2.25.3").Each(s => s with { FrameOfReference = "2.25.77" });

        Select(new() { ["2.25.2"] = 100, ["2.25.3"] = 200 }, moved, Abdomen).Chosen.ShouldNotBeNull().SeriesUid.ShouldBe("2.25.3");
    }

    private SeriesSelection Select(Dictionary<string, double> shows, params SliceHeader[][] series) => SeriesSelection.Of(
        [.. series.SelectMany(s => s).Select(h => new Reading<SliceHeader>.Of(h))], new SeriesNeeds(), null, candidate =>
        {
            _looked.Add(candidate.SeriesUid);
            return shows.TryGetValue(candidate.SeriesUid, out var mm) ? new(mm, null) : new(0, "no abdomen");
        });
}
