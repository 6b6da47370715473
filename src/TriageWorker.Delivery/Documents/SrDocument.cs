using TriageWorker.Dicom;
using TriageWorker.Dicom.StructuredReporting;

namespace TriageWorker.Delivery;

/// <summary>
/// The machine-readable result: a measurement report (PS3.16, TID 1500) as Comprehensive 3D SR, or with the same content as
/// Comprehensive or Enhanced SR for a PACS that does not take the first.
/// </summary>
public static class SrDocument
{
    /// <summary>The SOP classes that can carry it, the best first.</summary>
    public static IReadOnlyList<string> SopClasses { get; } =
        [DicomUid.Comprehensive3DSRStorage, DicomUid.ComprehensiveSRStorage, DicomUid.EnhancedSRStorage];

    internal const string Kind = "sr";

    private const int SeriesNumber = 9901;

    /// <summary>Builds the document. Equal input gives equal bytes.</summary>
    /// <param name="sopClassUid">One of <see cref="SopClasses"/>.</param>
    /// <exception cref="ArgumentException">Nothing was scored: that is said by <see cref="TextDocument"/>.</exception>
    public static DicomFile Build(ReportInput input, DeliveryOptions options, string? sopClassUid = null)
    {
        if (input is not { Verdict: not Verdict.NotAnalysed, Scores: { } scores, Policy: { } policy, Series: { } series })
            throw new ArgumentException("A structured report needs scores, a policy and the series they come from.", nameof(input));
        sopClassUid ??= SopClasses[0];
        var root = new ContainerItem(Relationship.None, Codes.MeasurementReport, Template: "1500")
        {
            Children =
            [
                .. ObservationContext.Of(options, input.SerialNumber),
                new CodeItem(Relationship.HasConceptModifier, Codes.ProcedureReported, ProcedureOf(input)),
                ImageLibrary.Of(series, input.Header),
                new ContainerItem(Relationship.Contains, Codes.Measurements) { Children = [.. new MeasurementGroups(input, scores, policy, options).All()] },
                Evaluations.Of(input, scores, policy, options),
            ],
        };
        var description = input.Demonstration ? "AI TRIAGE - DEMONSTRATION - UNVERIFIED - NO CLINICAL VALUE" : "AI TRIAGE - UNVERIFIED - NOT FOR PRIMARY DIAGNOSIS";
        var set = new DocumentModules(options).Begin(input, sopClassUid, Kind, SeriesNumber, description);
        return Finish(set, root, Kind, sopClassUid, input);
    }

    /// <summary>Adds the tree, the schemes it uses and the UID that all of it gives.</summary>
    internal static DicomFile Finish(DicomDataset set, ContentItem root, string kind, string sopClassUid, ReportInput input)
    {
        root.WriteTo(set);
        if (References.SchemesOf(root) is { Length: > 0 } schemes) set.Set(DicomTag.CodingSchemeIdentificationSequence, schemes);
        var content = root.WriteTo(new DicomDataset()).Copy(set, DicomTag.ContributingEquipmentSequence).Copy(set, DicomTag.CurrentRequestedProcedureEvidenceSequence);
        foreach (var model in content.GetSequence(DicomTag.ContributingEquipmentSequence)) model.Remove(DicomTag.ContributionDateTime);
        set.Set(DicomTag.SOPInstanceUID, DocumentUids.Document(kind, sopClassUid, input, content));
        return new DicomFile(set);
    }

    private static Code ProcedureOf(ReportInput input) =>
        input.Header.GetSequence(DicomTag.ProcedureCodeSequence).Select(Code.Of).FirstOrDefault(code => code is { Scheme.Length: > 0, Meaning.Length: > 0 })
        ?? Codes.CtOfAnyRegion;
}
