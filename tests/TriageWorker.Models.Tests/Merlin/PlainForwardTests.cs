using TriageWorker.Models.Checkpoints;
using TriageWorker.Models.Merlin;
using TriageWorker.Models.Merlin.Reference;
using TriageWorker.Testing;
using static TriageWorker.Models.Tests.Merlin.Deviations;

namespace TriageWorker.Models.Tests.Merlin;

public sealed class PlainForwardTests(NumpyReference numpy) : IClassFixture<NumpyReference>
{
    /// <summary>The original's own float32 rounding; ours is double.</summary>
    private const double OfTheOriginal = 1e-4;

    [Fact]
    public void What_the_original_says_of_the_default_checkpoint_is_said_here()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        using var file = Checkpoint.Open(TinyMerlin.Path("default.pt"));
        var output = new PlainForward(MerlinCheckpoint.Default(file)).Run(TinyMerlin.Array("input"), TinyMerlin.Size);
        Largest(ByChannel(output.FeatureMap), TinyMerlin.Array("layer4")).ShouldBeLessThan(OfTheOriginal);
        Largest(output.Embedding, TinyMerlin.Array("embedding")).ShouldBeLessThan(OfTheOriginal);
        Largest(output.Contrastive, TinyMerlin.Array("contrastive")).ShouldBeLessThan(OfTheOriginal);
        Largest(output.Logits, TinyMerlin.Array("phenotype_logits")).ShouldBeLessThan(OfTheOriginal);
    }

    [Fact]
    public void What_the_original_says_of_the_five_year_checkpoint_is_said_here()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        using var file = Checkpoint.Open(TinyMerlin.Path("five_year.pt"));
        var output = new PlainForward(MerlinCheckpoint.FiveYear(file)).Run(TinyMerlin.Array("input"), TinyMerlin.Size);
        Largest(output.Logits.Select(logit => 1 / (1 + Math.Exp(-logit))), TinyMerlin.Array("five_year_probs")).ShouldBeLessThan(OfTheOriginal);
    }

    [Fact]
    public void Another_implementation_in_double_precision_says_the_same_to_the_last_digits()
    {
        Assert.SkipUnless(numpy.IsPresent, NumpyReference.Reason);
        const double rounding = 1e-11;
        using var file = Checkpoint.Open(numpy.Checkpoint);
        var output = new PlainForward(MerlinCheckpoint.FiveYear(file)).Run(numpy.Volume, NumpyReference.Size);
        Largest(ByChannel(output.FeatureMap), numpy.FeatureMap).ShouldBeLessThan(rounding);
        Largest(output.Embedding, numpy.Embedding).ShouldBeLessThan(rounding);
        Largest(output.Contrastive, numpy.Contrastive).ShouldBeLessThan(rounding);
        Largest(output.Logits, numpy.Logits).ShouldBeLessThan(rounding);
    }
}
