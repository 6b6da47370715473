using TriageWorker.Dicom;
using TriageWorker.Dicom.StructuredReporting;

namespace TriageWorker.Delivery;

/// <summary>The images that were read (PS3.16, TID 1600 to 1602).</summary>
internal static class ImageLibrary
{
    internal static ContainerItem Of(SourceSeries series, DicomDataset header)
    {
        var group = new List<ContentItem>
        {
            new CodeItem(Relationship.HasAcquisitionContext, Codes.Modality, Codes.ComputedTomography),
            new CodeItem(Relationship.HasAcquisitionContext, Codes.TargetRegion, Codes.Abdomen),
        };
        if (header.GetString(DicomTag.StudyDate) is { Length: 8 } date) group.Add(new DateItem(Relationship.HasAcquisitionContext, Codes.StudyDate, date));
        if (series.FrameOfReferenceUid is { } frame) group.Add(new UidRefItem(Relationship.HasAcquisitionContext, Codes.FrameOfReference, frame));
        group.AddRange(series.Images.Select(image => new ImageItem(Relationship.Contains, Codes.Source, image.SopClassUid, image.SopInstanceUid)));
        return new ContainerItem(Relationship.Contains, Codes.ImageLibrary)
        {
            Children = [new ContainerItem(Relationship.Contains, Codes.ImageLibraryGroup) { Children = group }],
        };
    }
}
