using System.Text.Json.Nodes;
using TriageWorker.Imaging.Body;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Testing;

namespace TriageWorker.Codecs.Tests;

/// <summary>
/// The right answer for every CT series at hand, real and odd, by headers and by pixels, for a model that needs little of the abdomen and for one
/// that needs much. No real series of a head was among them; heads are met in <see cref="BodyGateTests"/> as one real slice and as a drawing.
/// </summary>
public sealed class EverySeriesTests : IDisposable
{
    private static readonly TensorSpec Small = TensorSpec.Merlin with { Size = new(32, 32, 24) };

    private readonly FrameDecoder _decoder = new(TimeSpan.FromSeconds(30), TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _decoder.Dispose();

    [Fact]
    public void Every_CT_series_becomes_a_tensor_or_a_reason_and_it_is_the_right_one()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var series = SharedSeries.Ct(Stop);
        var (little, much) = (new SeriesNeeds { MinCoverageMm = ShippedMinimum() }, new SeriesNeeds { MinCoverageMm = 150 });

        series.Keys.ShouldBe(RightAnswers.Of.Keys, ignoreOrder: true, "each series has its answer");
        foreach (var (name, images) in series)
        {
            var (ofLittle, ofMuch, ofAnyAge) = RightAnswers.Of[name];
            AnswerOf(images, little).ShouldBe(ofLittle, name);
            AnswerOf(images, much).ShouldBe(ofMuch, name);
            AnswerOf(images, little with { MinAgeYears = 0 }).ShouldBe(ofAnyAge, name);
        }
    }

    [Fact]
    public void PET_MR_and_outlines_beside_a_CT_are_refused_by_name_and_the_CT_by_what_it_shows()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var files = Directory.GetFiles(Shared.At("data", "ct", "sts002_ct_pet_mr"), "*", SearchOption.AllDirectories);

        var selection = Select(StudyHeaders.Read(files, 0, Stop), new SeriesNeeds());

        selection.Verdicts.Select(verdict => (verdict.Modality, verdict.Images, verdict.Because)).ShouldBe(
        [
            ("CT", 48, "no abdomen is in view: the images show 157 mm of a neck, a limb or a part of a trunk too small to tell"),
            ("PT", 48, "the images are PET, not CT"),
            ("MR", 35, "the images are MR, not CT"),
            ("RTSTRUCT", 1, "it holds structure sets (RTSTRUCT), not images"),
            ("RTSTRUCT", 1, "it holds structure sets (RTSTRUCT), not images"),
            ("RTSTRUCT", 1, "it holds structure sets (RTSTRUCT), not images"),
        ], ignoreOrder: true);
    }

    [Fact]
    public void A_series_with_one_slice_cut_short_is_refused_with_what_is_there()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        string[] files = [.. Directory.GetFiles(Shared.At("data", "ct", "lidc0314_upper_abdomen")), .. Directory.GetFiles(Shared.At("data", "corpus", "lidc_truncated_slice"))];

        Select(StudyHeaders.Read(files, 0, Stop), new SeriesNeeds()).WhyNone().ShouldBe("in 1 of 65 slices pixel data is cut short: 516810 of 524288 bytes (65 images).");
    }

    private string AnswerOf(IReadOnlyList<Reading<SliceHeader>> images, SeriesNeeds needs)
    {
        var selection = Select(images, needs);
        var verdict = selection.Verdicts.ShouldHaveSingleItem();
        if (selection.Chosen is not { } chosen) return verdict.Because;
        TensorBuilder.Build(new DicomSlices(chosen.Geometry, _decoder, Stop), Small, 0, Stop).Values.ShouldAllBe(value => value >= 0 && value <= 1);
        return $"tensor: {verdict.Because}";
    }

    private SeriesSelection Select(IReadOnlyList<Reading<SliceHeader>> images, SeriesNeeds needs) =>
        SeriesSelection.Of(images, needs, _decoder.Decodes, new BodyGate(needs, _decoder, 0, Stop).Look);

    /// <summary>What the shipped package's manifest says it needs.</summary>
    private static double ShippedMinimum() => (double)JsonNode.Parse(File.ReadAllText(Repository.At("onnx", "phantom", "manifest.json")))!["intendedUse"]!["minimumCoverageMm"]!;
}
