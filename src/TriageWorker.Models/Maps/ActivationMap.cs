using System.Numerics.Tensors;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Maps;

/// <summary>
/// What each cell of the network's last grid adds to one score: a class activation map. Exact, because everything after that grid is a mean and a
/// linear layer: the mean over all cells and <see cref="Offset"/> are the score (of a finding) or the logit (of a phenotype or risk).
/// </summary>
/// <param name="Cells">Along the tensor's first, second and third axis.</param>
/// <param name="Values">Index <c>(z·Cells.X + x)·Cells.Y + y</c>, as the feature map has it.</param>
/// <param name="Offset">What the layer's bias adds, wherever one looks.</param>
public sealed record ActivationMap(ScoreLabel Label, GridSize Cells, ReadOnlyMemory<float> Values, double Offset)
{
    public float this[int x, int y, int z] => Values.Span[(((z * Cells.X) + x) * Cells.Y) + y];

    /// <summary>Mean over all cells, and the offset.</summary>
    public double Score
    {
        get
        {
            var sum = 0d;
            foreach (var value in Values.Span) sum += value;
            return (sum / Values.Length) + Offset;
        }
    }

    /// <summary>The same everywhere: nothing stands out.</summary>
    public bool IsFlat => TensorPrimitives.Max(Values.Span) == TensorPrimitives.Min(Values.Span);
}
