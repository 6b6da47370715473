namespace TriageWorker.Dicom.Network;

/// <summary>An instance by its class and UID (PS3.3, table 10-11).</summary>
public sealed record SopReference(string SopClassUid, string SopInstanceUid)
{
    internal static SopReference? From(DicomDataset item) =>
        item.GetString(DicomTag.ReferencedSOPClassUID) is { } sopClass && item.GetString(DicomTag.ReferencedSOPInstanceUID) is { } instance
            ? new SopReference(sopClass, instance)
            : null;

    internal DicomDataset ToDataset() => new DicomDataset()
        .Set(DicomTag.ReferencedSOPClassUID, SopClassUid)
        .Set(DicomTag.ReferencedSOPInstanceUID, SopInstanceUid);

    /// <summary>All of them; null when one is incomplete.</summary>
    internal static IReadOnlyList<SopReference>? AllFrom(DicomDataset dataSet)
    {
        var items = dataSet.GetSequence(DicomTag.ReferencedSOPSequence);
        List<SopReference> references = [.. items.Select(From).OfType<SopReference>()];
        return references.Count == items.Count ? references : null;
    }
}
