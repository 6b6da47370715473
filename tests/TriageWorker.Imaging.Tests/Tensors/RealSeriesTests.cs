using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Imaging.Tests.Formats;
using TriageWorker.Testing;

namespace TriageWorker.Imaging.Tests.Tensors;

public sealed class RealSeriesTests
{
    [Theory]
    [InlineData("lidc0314_upper_abdomen")]
    [InlineData("ts_abdpelvis_3mm")]
    public void The_tensor_of_a_real_series_is_what_MONAI_makes_of_it(string name)
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var stop = TestContext.Current.CancellationToken;
        var selection = SeriesSelection.Of(StudyHeaders.Read(Directory.GetFiles(Shared.At("data", "ct", name), "*.dcm"), 0, stop), new SeriesNeeds());
        var expected = Npy.ReadZipped(Shared.At("merlin", "tensors", name + ".npz"), "tensor");

        var tensor = TensorBuilder.Build(new DicomSlices(selection.Chosen.ShouldNotBeNull(selection.WhyNone()).Geometry), TensorSpec.Merlin, 0, stop);

        expected.Shape.ShouldBe([1, 224, 224, 160]);
        Differences.Largest(tensor.Values, expected.Values).ShouldBeLessThan(1e-5f);
    }
}
