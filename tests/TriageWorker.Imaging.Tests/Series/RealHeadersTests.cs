using TriageWorker.Imaging.Series;
using TriageWorker.Testing;

namespace TriageWorker.Imaging.Tests.Series;

/// <summary>Headers of real scanners whose geometry is odd; their pixels are noise and compressed.</summary>
public sealed class RealHeadersTests
{
    [Theory]
    [InlineData("notavolume/001", "all 3 slices lie at one place")]
    [InlineData("sliceincrement/001", "1 of 5 slices is missing at z = 33.1 mm")]
    [InlineData("sliceincrement/002", "1 of 5 slices is missing at z = -50.4 mm")]
    [InlineData("sliceorientation/001", "slices disagree about the orientation")]
    public void Headers_that_make_no_grid_are_told_why(string folder, string reason) =>
        Read(folder).ShouldBeOfType<Reading<SeriesGeometry>.Not>().Because.ShouldBe(reason);

    [Fact]
    public void A_tilted_gantry_is_measured()
    {
        var geometry = Read("gantrytilting/001").ShouldBeOfType<Reading<SeriesGeometry>.Of>().Value;

        geometry.TiltDegrees.ShouldBe(14, 0.1);
        geometry.IsAxial.ShouldBeTrue();
    }

    private static Reading<SeriesGeometry> Read(string folder)
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var files = Directory.GetFiles(Shared.At("data", "corpus", "dicom2nifti_bad_geometry_synthetic_pixels", folder));
        return SeriesGeometry.Of([.. StudyHeaders.Read(files, 0, TestContext.Current.CancellationToken).OfType<Reading<SliceHeader>.Of>().Select(h => h.Value)]);
    }
}
