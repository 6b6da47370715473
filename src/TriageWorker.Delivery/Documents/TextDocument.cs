using TriageWorker.Dicom;
using TriageWorker.Dicom.StructuredReporting;
using TriageWorker.Triage;

namespace TriageWorker.Delivery;

/// <summary>
/// The same for people, as Basic Text SR: viewers that cannot show measurements without coordinates render this one. Or the
/// one sentence that says why a study was not analysed, since silence would be read as "nothing found".
/// </summary>
public static class TextDocument
{
    internal const string Kind = "text";

    private const int SeriesNumber = 9902;

    /// <summary>Builds the document. Equal input gives equal bytes.</summary>
    public static DicomFile Build(ReportInput input, DeliveryOptions options)
    {
        var root = new ContainerItem(Relationship.None, Codes.Summary)
        {
            Children =
            [
                .. ObservationContext.Of(options, input.SerialNumber),
                .. Limitations(input),
                input is { Verdict: not Verdict.NotAnalysed, Policy: { } policy, Scores: { } scores } ? Priority(input, policy) : NotAnalysed(input),
                .. input is { Verdict: not Verdict.NotAnalysed, Policy: { } decided, Scores: { } said } ? Findings(input, decided, said, options) : [],
            ],
        };
        var description = input.Demonstration ? "AI SUMMARY - DEMONSTRATION - UNVERIFIED - NO CLINICAL VALUE" : "AI SUMMARY - UNVERIFIED - NOT FOR PRIMARY DIAGNOSIS";
        var set = new DocumentModules(options).Begin(input, DicomUid.BasicTextSRStorage, Kind, SeriesNumber, description);
        return SrDocument.Finish(set, root, Kind, DicomUid.BasicTextSRStorage, input);
    }

    private static IEnumerable<ContentItem> Limitations(ReportInput input)
    {
        yield return new TextItem(Relationship.Contains, Codes.UseLimitation, Sentences.UseLimitation);
        if (input.Demonstration) yield return new TextItem(Relationship.Contains, Codes.UseLimitation, $"{Sentences.Demonstration} It has no clinical value.");
    }

    // Flags of images before these stand; they and their level are said again.
    private static ContainerItem NotAnalysed(ReportInput input) =>
        Section(Codes.Priority, Codes.Rule, input.Flags.Count == 0 ? input.Sentence : $"{Codes.PriorityOf(input.Level).Meaning}: {input.Sentence}");

    private static ContainerItem Priority(ReportInput input, DecidingPolicy policy) =>
        Section(Codes.Priority, Codes.Rule, $"{Codes.PriorityOf(input.Level).Meaning}: {Evaluations.RuleOf(input, policy)}");

    private static IEnumerable<ContentItem> Findings(ReportInput input, DecidingPolicy policy, StudyScores scores, DeliveryOptions options)
    {
        var lines = from finding in scores.Findings
                    join approved in policy.Approved on finding.Key equals approved.Key
                    where double.IsFinite(finding.Score)
                    select $"{finding.Label}: score {MeasurementGroups.Number(finding.Score)}, threshold {MeasurementGroups.Number(approved.Threshold)}"
                        + (finding.Score >= approved.Threshold ? " - FLAGGED" : "")
                        + (MeasurementGroups.KeySliceOf(finding, approved, options) is { } slice ? $". {slice}" : "");
        yield return Section(Codes.Findings, Codes.Finding, [.. lines]);
        foreach (var comment in Evaluations.Comments(input with { Demonstration = false }, scores, options))
            yield return new TextItem(Relationship.Contains, Codes.Comment, comment);
    }

    /// <param name="concept">What each line is: only a finding's is a Finding, because extractors read it as one.</param>
    private static ContainerItem Section(Code title, Code concept, params string[] lines) => new(Relationship.Contains, title)
    {
        Children = [.. lines.Select(line => new TextItem(Relationship.Contains, concept, line))],
    };
}
