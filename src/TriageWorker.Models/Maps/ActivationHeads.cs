using System.Numerics.Tensors;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Scoring;

namespace TriageWorker.Models.Maps;

/// <summary>
/// What makes activation maps of a feature map: the package's linear heads, and for each zero-shot finding the one row
/// <c>headᵀ·direction</c>, whose dot product with the embedding, over the length of the raw contrastive vector, is the score.
/// </summary>
public sealed class ActivationHeads
{
    /// <summary>More findings than any package has; each map costs a multiplication for every number of the feature map.</summary>
    public const int MostFindings = 256;

    /// <summary>A map whose mean misses its score by more is no map of that score. Far above what rounding does on any provider.</summary>
    private const double Tolerance = 0.01;

    private readonly LinearHead? _contrastive, _phenotypes, _risks;
    private readonly ModelPackage _package;
    private readonly List<(ScoreLabel Label, float[] Weights, double Bias)> _findings = [];

    private ActivationHeads(ModelPackage package, PackageGraph graph, string embedding)
    {
        var heads = GraphHeads.Open(graph.File);
        LinearHead? Of(OutputKind kind) => graph.Outputs.FirstOrDefault(output => output.Kind == kind) is { } output ? heads.Behind(output.Name, embedding) : null;
        (_package, _contrastive, _phenotypes, _risks) = (package, Of(OutputKind.Contrastive), Of(OutputKind.Phenotypes), Of(OutputKind.Risks));
        if (_contrastive is null) return;
        foreach (var finding in package.Findings.Where(finding => finding.Label.Held is null && finding.Direction.Length == _contrastive.Outputs).Take(MostFindings))
        {
            var (weights, bias) = _contrastive.Along(finding.Direction.Span);
            _findings.Add((finding.Label, weights, bias));
        }
    }

    /// <summary>Null when no graph of the package gives both a feature map and its mean.</summary>
    /// <exception cref="InvalidDataException">The graph's file is no ONNX graph.</exception>
    public static ActivationHeads? Of(ModelPackage package)
    {
        var graph = package.Graphs.FirstOrDefault(graph => graph.Outputs.Any(output => output.Kind == OutputKind.FeatureMap));
        var embedding = graph?.Outputs.FirstOrDefault(output => output.Kind == OutputKind.Embedding);
        return embedding is null ? null : new ActivationHeads(package, graph!, embedding.Name);
    }

    /// <summary>
    /// A map for each finding that was scored, in the package's order. Empty where maps would not add up to the scores, as with a network whose
    /// feature map is only a part of what is pooled.
    /// </summary>
    public IReadOnlyList<ActivationMap> Findings(ModelOutput output)
    {
        if (!Fits(output, _contrastive)) return [];
        var length = Math.Sqrt(TensorPrimitives.SumOfSquares<float>(_contrastive!.Apply(output.Embedding.Span)));
        List<ActivationMap> maps = [.. _findings.Select(finding => Map(output.FeatureMap!, finding.Label, finding.Weights, finding.Bias, length))];
        return maps.Zip(output.Findings).All(pair => pair.First.Label == pair.Second.Label && Math.Abs(pair.First.Score - pair.Second.Score) <= Tolerance) ? maps : [];
    }

    /// <summary>Null where there can be none; as for all others. Its mean and offset are the logit.</summary>
    public ActivationMap? Phenotype(ModelOutput output, int row) => Row(output, _phenotypes, _package.Phenotypes, row);

    /// <inheritdoc cref="Phenotype"/>
    public ActivationMap? Risk(ModelOutput output, int row) => Row(output, _risks, _package.Risks, row);

    private static ActivationMap? Row(ModelOutput output, LinearHead? head, IReadOnlyList<ScoreLabel> labels, int row) =>
        Fits(output, head) && head!.Outputs == labels.Count && labels[row].Held is null ? Map(output.FeatureMap!, labels[row], head.Row(row), head.Bias[row], length: 1) : null;

    private static bool Fits(ModelOutput output, LinearHead? head) =>
        head is not null && output.FeatureMap is { } map && map.Channels == head.Features && output.Embedding.Length == head.Features;

    /// <summary>Channel after channel over all cells, each cell by itself: the result's bits do not depend on the width of a register.</summary>
    private static ActivationMap Map(FeatureMap features, ScoreLabel label, ReadOnlySpan<float> weights, double bias, double length)
    {
        var values = new float[features.Depth * features.Rows * features.Columns];
        for (var c = 0; c < features.Channels; c++)
            TensorPrimitives.MultiplyAdd(features.Values.Span.Slice(c * values.Length, values.Length), weights[c], values, values);
        TensorPrimitives.Divide(values, (float)length, values);
        return new ActivationMap(label, new GridSize(features.Rows, features.Columns, features.Depth), values, bias / length);
    }
}
