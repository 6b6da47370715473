using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Imaging.Tests.Formats;
using TriageWorker.Testing;

namespace TriageWorker.Imaging.Tests.Tensors;

public sealed class MonaiPreparationTests
{
    [Theory]
    [InlineData("lps_typical")]
    [InlineData("ras_same")]
    [InlineData("near_tol")]
    [InlineData("oblique")]
    [InlineData("half_round")]
    public void The_tensor_of_a_reference_volume_is_what_MONAI_makes_of_it(string name)
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var volume = Nifti.Read(Shared.At("merlin", "prep", name + ".nii.gz"));
        var expected = Npy.Read(Shared.At("merlin", "prep", name + ".npy"));

        var tensor = TensorBuilder.Build(volume, TensorSpec.Merlin with { Size = new GridSize(32, 32, 24) }, threads: 0, TestContext.Current.CancellationToken);

        Differences.Largest(tensor.Values, expected.Values).ShouldBeLessThan(1e-5f);
    }
}
