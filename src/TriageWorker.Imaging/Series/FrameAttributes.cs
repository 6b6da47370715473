using TriageWorker.Dicom;

namespace TriageWorker.Imaging.Series;

/// <summary>
/// Attributes of one frame, wherever the object keeps them: in the frame's own functional group, in the one that all frames share
/// (PS3.3 C.7.6.16), or in the data set itself.
/// </summary>
internal readonly struct FrameAttributes(DicomDataset data, DicomDataset? own)
{
    private readonly DicomDataset? _shared = data.GetSequence(DicomTag.SharedFunctionalGroupsSequence) is [var shared, ..] ? shared : null;

    /// <returns>One for each frame; null when the file has functional groups for another number of frames than it has frames.</returns>
    public static FrameAttributes[]? Of(DicomDataset data)
    {
        var groups = data.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence);
        if (groups.Count == 0) return [new(data, null)];
        return groups.Count == (data.GetInt32(DicomTag.NumberOfFrames) ?? 1) ? [.. groups.Select(own => new FrameAttributes(data, own))] : null;
    }

    /// <summary>The attributes stand in a functional group of their own.</summary>
    public bool IsOneOfSeveral => own is not null;

    /// <summary>The data set that has <paramref name="attribute"/>: an item of <paramref name="group"/>, or else the whole.</summary>
    public DicomDataset Holding(DicomTag attribute, DicomTag group) => In(own, attribute, group) ?? In(_shared, attribute, group) ?? data;

    private static DicomDataset? In(DicomDataset? groups, DicomTag attribute, DicomTag group) =>
        groups?.GetSequence(group) is [var item, ..] && item.Contains(attribute) ? item : null;
}
