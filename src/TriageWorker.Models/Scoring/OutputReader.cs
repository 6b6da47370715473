using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Models.Scoring;

/// <summary>Gives a graph's bare numbers their names, and refuses what is no number.</summary>
internal sealed class OutputReader(ModelPackage package)
{
    private readonly Dictionary<OutputKind, GraphOutput> _outputs =
        package.Graphs.SelectMany(graph => graph.Outputs).ToDictionary(output => output.Kind);

    /// <param name="values">Of all graphs, or of those of one pass: what the others make is then empty.</param>
    public ModelOutput Read(IEnumerable<(OutputKind Kind, GraphValue Value)> values)
    {
        var byKind = values.ToDictionary(pair => pair.Kind, pair => Checked(pair.Kind, pair.Value));
        var unit = byKind.TryGetValue(OutputKind.Contrastive, out var contrastive) ? ZeroShot.Unit(Vector(contrastive)) : [];
        var findings = byKind.ContainsKey(OutputKind.Contrastive) ? package.Findings : [];
        if (findings is [var first, ..] && first.Direction.Length != unit.Length)
            throw Wrong(OutputKind.Contrastive, $"has {unit.Length} numbers and the bank's vectors have {first.Direction.Length}");
        if (unit.Any(value => !float.IsFinite(value))) throw Wrong(OutputKind.Contrastive, "has no direction: its length is zero");
        return new ModelOutput(
            [.. findings.Where(finding => finding.Label.Held is null).Select(finding => ZeroShot.Score(finding, unit))],
            [.. Scores(OutputKind.Phenotypes, package.Phenotypes, byKind).Where(score => score.Label.Held is null)],
            Scores(OutputKind.Risks, package.Risks, byKind),
            byKind.TryGetValue(OutputKind.Embedding, out var embedding) ? Vector(embedding) : [],
            unit,
            byKind.TryGetValue(OutputKind.FeatureMap, out var map) ? Map(map) : null);
    }

    private List<LabelScore> Scores(OutputKind kind, IReadOnlyList<ScoreLabel> labels, Dictionary<OutputKind, GraphValue> values)
    {
        if (labels.Count == 0 || !values.TryGetValue(kind, out var value)) return [];
        var numbers = value.Values;
        if (numbers.Length != labels.Count) throw Wrong(kind, $"has {numbers.Length} numbers for {labels.Count} labels");
        var sigmoid = _outputs[kind].Activation == Activation.Sigmoid;
        return [.. labels.Select((label, i) => new LabelScore(label, sigmoid ? ZeroShot.Sigmoid(numbers[i]) : numbers[i]))];
    }

    /// <summary>Some graphs keep dimensions of one, [1, 512, 1, 1, 1]: they do not matter.</summary>
    private static float[] Vector(GraphValue value) => value.Values;

    private FeatureMap Map(GraphValue value) => value.Shape is [1, var channels, var depth, var rows, var columns]
        ? new FeatureMap((int)channels, (int)depth, (int)rows, (int)columns, value.Values)
        : throw Wrong(OutputKind.FeatureMap, $"has the shape [{string.Join(",", value.Shape)}] and not [1,C,D,H,W]");

    private GraphValue Checked(OutputKind kind, GraphValue value) =>
        value.Values.All(float.IsFinite) ? value : throw Wrong(kind, "holds values that are no numbers");

    private ScoringException Wrong(OutputKind kind, string what) =>
        new($"Package {package.Id} {package.Version}: the {kind} output ({_outputs[kind].Name}) {what}.", worthRetrying: false);
}
