using TriageWorker.Dicom;
using TriageWorker.Imaging.Body;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Volumes;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.Codecs.Tests;

/// <summary>Which series show enough abdomen, by their pixels alone. No real series of a head was at hand: one real slice of one, and a drawn one.</summary>
public sealed class BodyGateTests : IDisposable
{
    private const double PhantomMm = 40, MerlinMm = 150;

    private readonly FrameDecoder _decoder = new(TimeSpan.FromSeconds(30), TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _decoder.Dispose();

    [Theory]
    [InlineData("lidc0314_upper_abdomen", double.MinValue, double.MaxValue, PhantomMm, null)]
    [InlineData("lidc0314_upper_abdomen", double.MinValue, double.MaxValue, MerlinMm, "too little abdomen is in view: 64 mm of 150 mm needed")]
    [InlineData("ts_abdomen_portalvenous_j2k", double.MinValue, double.MaxValue, PhantomMm, null)]
    [InlineData("ts_abdpelvis_3mm", double.MinValue, double.MaxValue, PhantomMm, null)]
    [InlineData("ts_abdpelvis_3mm", double.MinValue, double.MaxValue, MerlinMm, null)]
    [InlineData("ts_abdpelvis_3mm", double.MinValue, 160.0, PhantomMm, "no abdomen is in view: the images show 66 mm of a pelvis or hips")] // femora and hips
    [InlineData("ts_abdpelvis_3mm", 280.0, double.MaxValue, PhantomMm, null)]
    [InlineData("ts_aorta_cta_crop", double.MinValue, double.MaxValue, PhantomMm, null)]
    [InlineData("ts_aorta_cta_crop", 620.0, double.MaxValue, PhantomMm, "no abdomen is in view: the images show 150 mm of a thorax, 15 mm of a neck, a limb or a part of a trunk too small to tell")]
    [InlineData("sts002_ct_pet_mr/CT/image", double.MinValue, double.MaxValue, PhantomMm, "no abdomen is in view: the images show 157 mm of a neck, a limb or a part of a trunk too small to tell")]
    public void Real_series_pass_by_what_they_show(string folder, double from, double to, double needed, string? refusal)
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var headers = StudyHeaders.Read(Directory.GetFiles(Shared.At("data", "ct", folder), "*.dcm"), 0, Stop).OfType<Reading<SliceHeader>.Of>().Select(h => h.Value);
        var geometry = SeriesGeometry.Of([.. headers.Where(h => h.Position!.Value.Z >= from && h.Position.Value.Z <= to)]).ShouldBeOfType<Reading<SeriesGeometry>.Of>().Value;

        var profile = BodyProfile.Of(new DicomSlices(geometry, _decoder, Stop), geometry.SpacingMm, 0, Stop);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join("\n", profile.Sections.Zip(profile.Regions, (section, region) => $"{region} {section}")));
        if (refusal is null) profile.Refuse(needed).ShouldBeNull();
        else profile.Refuse(needed).ShouldNotBeNull().ShouldStartWith(refusal);
    }

    [Theory]
    [InlineData("CT2_UNC", BodyRegion.Head)]
    [InlineData("CT1_UNC", BodyRegion.Thorax)]
    public void Real_single_slices_are_told_apart(string file, BodyRegion expected)
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var slice = SliceFile.Read(Shared.At("data", "corpus", "nema_wg04_ct", file)).ShouldHaveSingleItem().ShouldBeOfType<Reading<SliceHeader>.Of>().Value;
        var values = SliceValues.Read(slice with { Pixels = slice.Pixels with { Rescale = slice.Pixels.Rescale ?? Rescale.None } }, _decoder, Stop).ShouldBeOfType<Reading<StoredSlice>.Of>().Value;
        var plane = new GridPlane(slice.Pixels.Rows!.Value, slice.Pixels.Columns!.Value, slice.PixelSpacing!.Value.Rows, slice.PixelSpacing.Value.Columns);

        SectionMeasure.Of(SectionGrid.Of(values, plane)).Section.Region.ShouldBe(expected);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public void Phantoms_of_an_abdomen_pass(int seed)
    {
        var phantom = Phantom.Draw(PhantomSpec.Random(seed) with { Kind = PhantomKind.Abdomen, Matrix = 128, Slices = 60 }, cancellation: Stop);
        var place = phantom.Geometry;
        var grid = VolumeGrid.FromLps(
            new(place.Columns, place.Rows, place.Slices), Affine.Scale(place.PixelSpacing, place.PixelSpacing, place.SliceSpacing) with { Origin = new(place.OriginX, place.OriginY, place.OriginZ) });

        BodyProfile.Of(new Volume(grid, phantom.Hounsfield), place.SliceSpacing, 0, Stop).Refuse(PhantomMm).ShouldBeNull();
    }

    [Fact]
    public void A_drawn_skull_two_drawn_legs_and_an_empty_table_are_refused_by_name()
    {
        // Skin, skull of 6 mm, brain: an ellipse of 150 × 190 mm.
        Refusal(new Drawing().Ellipse(0, 0, 75, 95, 20).Ellipse(0, 0, 69, 89, 900).Ellipse(0, 0, 63, 83, 35)).ShouldBe("no abdomen is in view: the images show 80 mm of a head");
        // Two thighs of 150 mm with their bones.
        Refusal(new Drawing().Ellipse(-90, 0, 75, 75, -80).Ellipse(-90, 0, 60, 60, 55).Ellipse(-90, 0, 14, 14, 800).Ellipse(90, 0, 75, 75, -80).Ellipse(90, 0, 60, 60, 55).Ellipse(90, 0, 14, 14, 800))
            .ShouldBe("no abdomen is in view: the images show 80 mm of a neck, a limb or a part of a trunk too small to tell");
        Refusal(new Drawing()).ShouldBe("no abdomen is in view: nobody is to be seen in the images");
    }

    [Fact]
    public void One_odd_slice_is_taken_for_what_is_around_it()
    {
        var trunk = new BodySection(700, 0, IsCut: false, 0.02, 0.01, 0.3);
        BodySection[] sections = [trunk, trunk, trunk with { LungShare = 0.5 }, trunk, trunk];
        trunk.Region.ShouldBe(BodyRegion.Abdomen);
        sections[2].Region.ShouldBe(BodyRegion.Thorax);
        new BodyProfile(sections, 3) { Outline = new(new VolumeGrid(new(1, 1, 5), Affine.Identity), 1, []) }.AbdomenMm.ShouldBe(15);
    }

    private static string? Refusal(Drawing drawing) => BodyProfile.Of(drawing.Stack(slices: 20, spacing: 4), 4, 0, Stop).Refuse(PhantomMm);

    /// <summary>Slices of 128 × 128 pixels of 4 mm, all alike.</summary>
    private sealed class Drawing
    {
        private const int Size = 128;
        private const double PixelMm = 4;
        private readonly short[] _hu = [.. Enumerable.Repeat((short)-1000, Size * Size)];

        public Drawing Ellipse(double x, double y, double a, double b, short hu)
        {
            for (var j = 0; j < Size; j++)
            {
                for (var i = 0; i < Size; i++)
                {
                    var (dx, dy) = ((((i - (Size / 2)) * PixelMm) - x) / a, (((j - (Size / 2)) * PixelMm) - y) / b);
                    if ((dx * dx) + (dy * dy) <= 1) _hu[(j * Size) + i] = hu;
                }
            }

            return this;
        }

        public Volume Stack(int slices, double spacing) =>
            new(new VolumeGrid(new(Size, Size, slices), Affine.Scale(PixelMm, PixelMm, spacing)), Enumerable.Range(0, slices).SelectMany(_ => _hu).ToArray());
    }
}
