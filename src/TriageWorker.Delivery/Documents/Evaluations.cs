using TriageWorker.Dicom.StructuredReporting;
using TriageWorker.Triage;

namespace TriageWorker.Delivery;

/// <summary>What follows from the measurements: summary, priority with its rule, and what the document may be used for.</summary>
internal static class Evaluations
{
    internal static ContainerItem Of(ReportInput input, StudyScores scores, DecidingPolicy policy, DeliveryOptions options)
    {
        var children = new List<ContentItem>
        {
            new CodeItem(Relationship.Contains, Codes.CadSummary, Codes.CadSummaryOf(DocumentModules.Completeness(input), input.Flags.Count > 0)),
            new CodeItem(Relationship.Contains, Codes.Priority, Codes.PriorityOf(input.Level))
            {
                Children = [new TextItem(Relationship.HasProperties, Codes.Rule, RuleOf(input, policy))],
            },
            new TextItem(Relationship.Contains, Codes.UseLimitation, Sentences.UseLimitation),
        };
        children.AddRange(Comments(input, scores, options).Select(text => new TextItem(Relationship.Contains, Codes.Comment, text)));
        return new ContainerItem(Relationship.Contains, Codes.Evaluations) { Children = children };
    }

    /// <summary>Which thresholds fired, with their numbers; or that none did.</summary>
    internal static string RuleOf(ReportInput input, DecidingPolicy policy)
    {
        var rule = input.Flags.Count == 0 ? input.Sentence : string.Join("; ", input.Flags.Select(flag =>
            $"{flag.Label} score {MeasurementGroups.Number(flag.Score)} >= {MeasurementGroups.Number(flag.Threshold)}"));
        return $"{rule} (policy {policy.Id} {policy.Version})";
    }

    internal static IEnumerable<string> Comments(ReportInput input, StudyScores scores, DeliveryOptions options)
    {
        if (input.Demonstration) yield return $"{Sentences.Demonstration} It has no clinical value.";
        if (options.Risks && scores.RisksFollow) yield return "Five-year risks are computed after the urgent work: they are with the study in the product and not in this document.";
        if (options.Risks)
            foreach (var note in scores.Risks.Where(risk => risk.Note is not null)) yield return $"5-year risk, {note.Label}: {note.Note}";
        if (!options.Phenotypes || scores.Phenotypes.Count == 0) yield break;
        var listed = MeasurementGroups.ChosenPhenotypes(scores, options).Count;
        yield return $"Phenotypes listed: {listed} of {scores.Phenotypes.Count} "
            + $"(score >= {MeasurementGroups.Number(options.PhenotypeThreshold)}, max {options.MostPhenotypes}).";
    }
}
