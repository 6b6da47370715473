using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Merlin.Import;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Scoring;
using TriageWorker.Models.Sessions;
using TriageWorker.Testing;
using static TriageWorker.Models.Tests.Merlin.Deviations;

namespace TriageWorker.Models.Tests.Merlin;

/// <summary>The same package on a processor and on a GPU.</summary>
public sealed class DeviceTests : IDisposable
{
    private const double OfCuda = 2e-3; // what the package's own test allows: CUDA may multiply in TF32

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData(nameof(ExecutionProvider.Cuda)), InlineData(nameof(ExecutionProvider.TensorRt))]
    public void A_GPU_says_what_the_processor_says(string provider)
    {
        File.WriteAllBytes(_folder.At("default.pt"), SmallMerlin.Default().ToBytes());
        var package = MerlinImport.Write(new MerlinSources { Checkpoint = _folder.At("default.pt"), Licence = "for tests" }, _folder.At("package"), new Progress<ImportStep>(), TestContext.Current.CancellationToken);
        using var onDevice = OnDevice(package, Enum.Parse<ExecutionProvider>(provider));
        using var onProcessor = Open(package, ExecutionProvider.Cpu);
        var random = new Random(5);
        var tensor = new ImageTensor([.. Enumerable.Range(0, 224 * 224 * 160).Select(_ => random.NextSingle())], new GridSize(224, 224, 160), Affine.Identity, new FieldOfView(default, default, default));
        var (theirs, ours) = (onDevice.Score(tensor), onProcessor.Score(tensor));
        Close(theirs, ours, output => output.Embedding.ToArray());
        Close(theirs, ours, output => output.Contrastive.ToArray());
        Close(theirs, ours, output => output.FeatureMap!.Values.ToArray());
    }

    private static void Close(ModelOutput theirs, ModelOutput ours, Func<ModelOutput, float[]> values) =>
        (Largest(values(theirs), values(ours)) / values(ours).Max(value => Math.Abs((double)value))).ShouldBeLessThan(OfCuda);

    private static ScoringModel OnDevice(ModelPackage package, ExecutionProvider provider)
    {
        try
        {
            return Open(package, provider);
        }
        catch (ScoringException why)
        {
            Assert.Skip($"No GPU computes here: {why.Message}");
            throw;
        }
    }

    private static ScoringModel Open(ModelPackage package, ExecutionProvider provider) => ScoringModel.Open(package, new ScoringOptions { Provider = provider }, NullLogger<ScoringModel>.Instance);
}
