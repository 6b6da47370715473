using TriageWorker.Imaging.Tensors;

namespace TriageWorker.Scoring;

/// <summary>Progress of a tensor as a metric: what is counted on while a long one is made stands still when it hangs.</summary>
internal sealed class CountedSlices : IProgress<TensorProgress>
{
    public void Report(TensorProgress value) => ScoringTelemetry.Slices.Add(1);
}
