using TriageWorker.Models.Scoring;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Host.Training;

/// <summary>How well a label's scores tell the phantoms that have it from those that have it not.</summary>
/// <param name="Positives">How many of the phantoms have it.</param>
/// <param name="Scores">Every phantom's score, and whether the label holds.</param>
public sealed record LabelFigures(string Key, double Auroc, int Positives, IReadOnlyList<(double Score, bool Holds)> Scores)
{
    /// <summary>At a threshold: which part of the positives fires, and which part of the negatives stays silent.</summary>
    public (double Sensitivity, double Specificity) At(double threshold) => (
        Scores.Where(each => each.Holds).Average(each => each.Score >= threshold ? 1.0 : 0),
        Scores.Where(each => !each.Holds).Average(each => each.Score < threshold ? 1.0 : 0));
}

/// <summary>Scores phantoms as the scoring role would and compares with what was drawn.</summary>
public sealed class ModelEvaluation(ScoringModel model, CaseMix mix)
{
    public IReadOnlyList<LabelFigures> Run(int threads, Action scored, CancellationToken stop)
    {
        var labels = DrawnLabels.All.ToList();
        var rows = new (double Score, bool Holds)[mix.Count][];
        Parallel.For(0, mix.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = stop }, i =>
        {
            var drawn = DrawnCase.Draw(mix[i], model.Package.Input, stop);
            var scores = ByKey(model.Score(drawn.Tensor, stop));
            rows[i] = [.. labels.Select(label => (scores[label.Key], label.Holds(drawn)))];
            scored();
        });
        return [.. labels.Select((label, column) => Figures(label.Key, [.. rows.Select(row => row[column])]))];
    }

    private static Dictionary<string, double> ByKey(ModelOutput output) =>
        output.Findings.Concat(output.Phenotypes).Concat(output.Risks).ToDictionary(each => each.Label.Key, each => each.Score, StringComparer.Ordinal);

    private static LabelFigures Figures(string key, IReadOnlyList<(double Score, bool Holds)> scores) =>
        new(key, Auroc.Of(scores), scores.Count(each => each.Holds), scores);
}
