namespace TriageWorker.Dicom.StructuredReporting;

/// <summary>How a content item stands to the one above it (PS3.3, C.17.3.2.4).</summary>
public enum Relationship
{
    /// <summary>The root has none.</summary>
    None,
    Contains,
    HasProperties,
    HasObservationContext,
    HasConceptModifier,
    HasAcquisitionContext,
    InferredFrom,
    SelectedFrom,
}

internal static class RelationshipTerms
{
    internal static string TermOf(Relationship relationship) => relationship switch
    {
        Relationship.Contains => "CONTAINS",
        Relationship.HasProperties => "HAS PROPERTIES",
        Relationship.HasObservationContext => "HAS OBS CONTEXT",
        Relationship.HasConceptModifier => "HAS CONCEPT MOD",
        Relationship.HasAcquisitionContext => "HAS ACQ CONTEXT",
        Relationship.InferredFrom => "INFERRED FROM",
        Relationship.SelectedFrom => "SELECTED FROM",
        _ => throw new ArgumentOutOfRangeException(nameof(relationship), relationship, "The root's relationship is not written."),
    };
}
