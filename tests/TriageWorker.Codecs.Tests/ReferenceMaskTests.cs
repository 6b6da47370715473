using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Imaging.Volumes;
using TriageWorker.Testing;

namespace TriageWorker.Codecs.Tests;

/// <summary>
/// Organs that others have outlined in real series lie in the tensor where they lie in the patient: their mean in Hounsfield units, asked of the
/// tensor in millimetres, is that of the slices. (Of large organs: what is thin and bright, as an enhanced aorta, is blurred by slices of 3 mm.)
/// </summary>
public sealed class ReferenceMaskTests : IDisposable
{
    // TotalSegmentator's own numbers (class "total").
    private const byte Spleen = 1, RightKidney = 2, LeftKidney = 3, Liver = 5;

    private readonly FrameDecoder _decoder = new(TimeSpan.FromSeconds(30), TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _decoder.Dispose();

    [Theory]
    [InlineData("ts_abdpelvis_3mm", "totalseg_fast_labels", Liver, 45)]
    [InlineData("ts_abdpelvis_3mm", "totalseg_fast_labels", Spleen, 33)]
    [InlineData("ts_abdpelvis_3mm", "totalseg_fast_labels", RightKidney, 11)]
    [InlineData("ts_abdpelvis_3mm", "totalseg_fast_labels", LeftKidney, 18)]
    [InlineData("ts_abdomen_portalvenous_j2k", "totalseg_labels", Liver, 89)]
    [InlineData("ts_abdomen_portalvenous_j2k", "totalseg_labels", Spleen, 80)]
    public void The_mean_under_a_mask_is_that_of_the_slices(string folder, string mask, byte label, double about)
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var selection = SeriesSelection.Of(StudyHeaders.Read(Directory.GetFiles(Shared.At("data", "ct", folder), "*.dcm"), 0, Stop), new SeriesNeeds(), _decoder.Decodes);
        var slices = new DicomSlices(selection.Chosen.ShouldNotBeNull(selection.WhyNone()).Geometry, _decoder, Stop);
        Vector3d[] places = [.. LabelMap.Read(Shared.At("data", "ct", folder, "ref", mask + ".nii.gz")).PlacesOf(label)];

        var inSlices = MeanOf(slices.ToVolume(Stop), places);
        var inTensor = MeanOf(TensorBuilder.Build(slices, TensorSpec.Merlin, 0, Stop), places);

        TestContext.Current.TestOutputHelper?.WriteLine($"{places.Length} voxels: {inSlices:0.000} HU in the slices, {inTensor:0.000} HU in the tensor");
        inSlices.ShouldBe(about, 2);
        inTensor.ShouldBe(inSlices, 1);
    }

    /// <summary>The masks lie on the very grid of the slices.</summary>
    private static double MeanOf(Volume volume, Vector3d[] places)
    {
        var toVoxel = volume.Grid.ToRas.Inverse();
        return places.Average(place =>
        {
            var at = toVoxel.At(place);
            var (i, j, k) = ((int)Math.Round(at.X), (int)Math.Round(at.Y), (int)Math.Round(at.Z));
            (at - new Vector3d(i, j, k)).Length.ShouldBeLessThan(0.01);
            return volume.HuAt(i, j, k);
        });
    }

    /// <summary>Between the tensor's voxels, as anybody would read it who knows only where it lies.</summary>
    private static double MeanOf(ImageTensor tensor, Vector3d[] places)
    {
        var toVoxel = tensor.ToRas.Inverse();
        var hu = TensorSpec.Merlin;
        return places.Average(place => hu.HuMin + ((hu.HuMax - hu.HuMin) * Between(tensor, toVoxel.At(place))));
    }

    private static double Between(ImageTensor tensor, Vector3d at)
    {
        var (x, y, z) = ((int)Math.Floor(at.X), (int)Math.Floor(at.Y), (int)Math.Floor(at.Z));
        var sum = 0.0;
        for (var corner = 0; corner < 8; corner++)
        {
            var (dx, dy, dz) = (corner & 1, (corner >> 1) & 1, corner >> 2);
            var share = Share(at.X - x, dx) * Share(at.Y - y, dy) * Share(at.Z - z, dz);
            if (share > 0) sum += share * tensor[x + dx, y + dy, z + dz];
        }

        return sum;
    }

    private static double Share(double beyond, int side) => side == 1 ? beyond : 1 - beyond;
}
