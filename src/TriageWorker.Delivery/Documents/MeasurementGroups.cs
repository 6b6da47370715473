using System.Globalization;
using TriageWorker.Dicom.StructuredReporting;
using TriageWorker.Triage;

namespace TriageWorker.Delivery;

/// <summary>
/// One group for each result (PS3.16, TID 1501). Findings, phenotypes and risks have different categories and different
/// names for their numbers, so that no reader takes a risk for a finding that is there.
/// </summary>
internal sealed class MeasurementGroups(ReportInput input, StudyScores scores, DecidingPolicy policy, DeliveryOptions options)
{
    internal IEnumerable<ContentItem> All() => [.. Findings(), .. ChosenPhenotypes(scores, options).Select(Phenotype), .. Risks()];

    /// <summary>The highest phenotypes that are worth a line; nobody reads 1,692.</summary>
    internal static IReadOnlyList<PhenotypeScore> ChosenPhenotypes(StudyScores scores, DeliveryOptions options) => !options.Phenotypes ? [] :
        [.. scores.Phenotypes.Where(phenotype => phenotype.Score >= options.PhenotypeThreshold && double.IsFinite(phenotype.Score))
            .OrderByDescending(phenotype => phenotype.Score).ThenBy(phenotype => phenotype.Key, StringComparer.Ordinal).Take(options.MostPhenotypes)];

    /// <summary>In the package's order.</summary>
    private IEnumerable<ContentItem> Findings() =>
        from finding in scores.Findings
        join approved in policy.Approved on finding.Key equals approved.Key
        where double.IsFinite(finding.Score)
        select Finding(finding, approved);

    private ContainerItem Finding(FindingScore finding, ApprovedFinding approved)
    {
        var parameters = $"policy={policy.Id} {policy.Version};threshold={Number(approved.Threshold)};band={Number(approved.Band)};uncalibrated";
        var site = finding.Site is null ? null : Codes.Of(finding.Site);
        var group = Group("finding", finding.Key, finding.Label, Codes.CategoryFinding, Codes.Of(finding.Code), site, Codes.ZeroShotScore,
            finding.Score, parameters, PresenceOf(finding.Score, approved), KeySliceOf(finding, approved, options));
        return KeySlice(finding, approved) is { } slice ? group with { Children = [.. group.Children, slice] } : group;
    }

    /// <summary>Of a finding that is present, the slice that the model attended to, in words; null where none is to be named.</summary>
    internal static string? KeySliceOf(FindingScore finding, ApprovedFinding approved, DeliveryOptions options) =>
        options.KeySlices && finding.Score >= approved.Threshold && finding.Attention is { } attention ? $"{ModelAttention.Name}: {attention.Said()}." : null;

    /// <summary>The same as a reference to the image (PS3.16, TID 1501 and CID 7551).</summary>
    private ImageItem? KeySlice(FindingScore finding, ApprovedFinding approved) =>
        KeySliceOf(finding, approved, options) is not null && finding.Attention is { } attention
        && input.Series?.Images.FirstOrDefault(image => image.SopInstanceUid == attention.SopUid) is { } image
            ? new ImageItem(Relationship.Contains, Codes.SourceOfMeasurement, image.SopClassUid, image.SopInstanceUid) { Frame = attention.Frame }
            : null;

    private ContainerItem Phenotype(PhenotypeScore phenotype)
    {
        var code = Codes.Of(phenotype.Code);
        var label = code.Scheme == Codes.Phecode ? $"phecode {code.Value}" : phenotype.Label;
        return Group("phenotype", phenotype.Key, label, Codes.CategoryPhenotype, code, null, Codes.PhenotypeScore, phenotype.Score, null, null,
            code.MeaningIsCut ? code.Meaning : null);
    }

    private IEnumerable<ContentItem> Risks() => !options.Risks ? [] :
        from risk in scores.Risks
        where double.IsFinite(risk.Score)
        select Group("risk", risk.Key, $"5-year risk: {risk.Label}", Codes.CategoryRisk, Codes.Of(risk.Code), null,
            Codes.FiveYearRisk, risk.Score, "horizon=5a", null, null);

    private Code? PresenceOf(double score, ApprovedFinding approved) =>
        score >= approved.Threshold ? Codes.Present
        : score >= approved.Threshold - approved.Band ? Codes.Undetermined
        : options.WriteAbsent ? Codes.Absent
        : null;

    private ContainerItem Group(string kind, string key, string label, Code category, Code finding, Code? site, Code measure, double value,
        string? parameters, Code? presence, string? comment)
    {
        var children = new List<ContentItem>
        {
            new TextItem(Relationship.HasObservationContext, Codes.TrackingIdentifier, label),
            new UidRefItem(Relationship.HasObservationContext, Codes.TrackingUid, DocumentUids.Tracking(input.Study, kind, key, input.SerialNumber)),
            new CodeItem(Relationship.Contains, Codes.FindingCategory, category),
            new CodeItem(Relationship.Contains, Codes.Finding, finding),
        };
        if (site is not null) children.Add(new CodeItem(Relationship.HasConceptModifier, Codes.FindingSite, site));
        children.Add(new NumItem(Relationship.Contains, measure, Number(value), Codes.NoUnits) { Children = [.. Algorithm(parameters)] });
        if (presence is not null) children.Add(new CodeItem(Relationship.Contains, Codes.Presence, presence));
        if (comment is not null) children.Add(new TextItem(Relationship.Contains, Codes.Comment, comment));
        return new ContainerItem(Relationship.Contains, Codes.MeasurementGroup, Template: "1501") { Children = children };
    }

    /// <summary>PS3.16, TID 4019.</summary>
    private IEnumerable<ContentItem> Algorithm(string? parameters)
    {
        yield return new TextItem(Relationship.HasConceptModifier, Codes.AlgorithmName, scores.Package.Title);
        yield return new TextItem(Relationship.HasConceptModifier, Codes.AlgorithmVersion, scores.Package.Version);
        if (parameters is not null) yield return new TextItem(Relationship.HasConceptModifier, Codes.AlgorithmParameters, parameters);
    }

    /// <summary>As it is: raw, not clamped, four decimals.</summary>
    internal static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
