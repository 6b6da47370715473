using TriageWorker.Dicom;
using TriageWorker.Dicom.StructuredReporting;
using TriageWorker.Triage;

namespace TriageWorker.Delivery;

/// <summary>Sequences that name other objects.</summary>
internal static class References
{
    /// <summary>Instances by study and series (PS3.3, table 10-4: Hierarchical SOP Instance Reference Macro).</summary>
    internal static DicomDataset Of(StudyUid study, string seriesUid, IEnumerable<SourceImage> instances) => new DicomDataset()
        .Set(DicomTag.StudyInstanceUID, study.Value)
        .Set(DicomTag.ReferencedSeriesSequence, new DicomDataset()
            .Set(DicomTag.SeriesInstanceUID, seriesUid)
            .Set(DicomTag.ReferencedSOPSequence, [.. instances.Select(instance => new DicomDataset()
                .Set(DicomTag.ReferencedSOPClassUID, instance.SopClassUid)
                .Set(DicomTag.ReferencedSOPInstanceUID, instance.SopInstanceUid))]));

    /// <summary>Names the private coding schemes that a tree uses (PS3.3, C.12.1: Coding Scheme Identification Sequence).</summary>
    internal static DicomDataset[] SchemesOf(ContentItem tree)
    {
        var used = new SortedSet<string>(StringComparer.Ordinal);
        Collect(tree, used);
        return [.. used.Select(scheme => scheme == Codes.Phecode
            ? Scheme(scheme, "PheWAS phecode 1.2", "PheWAS", null)
            : Scheme(scheme, "TriageWorker codes", "TriageWorker", "1"))];
    }

    private static DicomDataset Scheme(string designator, string name, string organization, string? version)
    {
        var item = new DicomDataset().Set(DicomTag.CodingSchemeDesignator, designator).Set(DicomTag.CodingSchemeName, name)
            .Set(DicomTag.CodingSchemeResponsibleOrganization, organization);
        return version is null ? item : item.Set(DicomTag.CodingSchemeVersion, version);
    }

    private static void Collect(ContentItem item, SortedSet<string> used)
    {
        if (item.Concept.Scheme.StartsWith("99", StringComparison.Ordinal)) used.Add(item.Concept.Scheme);
        if (item is CodeItem { Value.Scheme: { } scheme } && scheme.StartsWith("99", StringComparison.Ordinal)) used.Add(scheme);
        foreach (var child in item.Children) Collect(child, used);
    }
}
