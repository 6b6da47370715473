using TriageWorker.Dicom;

namespace TriageWorker.Imaging.Series;

/// <summary>What kind of image a file holds, from Modality, SOP Class and Image Type (PS3.3 C.8.2.1.1.1). Never from BodyPartExamined, which lies.</summary>
internal static class ImageKinds
{
    private static readonly HashSet<string> Renderings = new(StringComparer.OrdinalIgnoreCase)
    {
        "MIP", "MAXIMUM INTENSITY PROJECTION", "MINIP", "MIN_IP", "VRT", "VOLREN", "VOLUME RENDERED", "SSD", "SCREEN SAVE", "PROJECTION IMAGE", "DOSE_INFO", "CSA REPORT",
    };

    public static bool IsLocalizer(SliceHeader slice) =>
        slice.ImageType.Any(value => value.Equals("LOCALIZER", StringComparison.OrdinalIgnoreCase) || value.Equals("SCOUT", StringComparison.OrdinalIgnoreCase));

    public static bool IsOriginal(SliceHeader slice) => slice.ImageType is [var origin, ..] && origin.Equals("ORIGINAL", StringComparison.OrdinalIgnoreCase);

    /// <summary>Why this is no slice of the wanted modality, or null.</summary>
    public static string? Refuse(SliceHeader slice, string modality)
    {
        if (slice.Modality is null) return "the images name no modality";
        if (!slice.Modality.Equals(modality, StringComparison.OrdinalIgnoreCase)) return $"the images are {slice.Modality}, not {modality}";
        if (slice.SopClass is not (null or DicomUid.CTImageStorage or DicomUid.EnhancedCTImageStorage or DicomUid.LegacyConvertedEnhancedCTImageStorage))
            return $"it is no CT image but {DicomUid.Find(slice.SopClass)?.Name ?? "an object of an unknown class"}";
        if (IsLocalizer(slice)) return "the images are localizers (scouts)";
        if (slice.ImageType.FirstOrDefault(Renderings.Contains) is { } rendering) return $"the images are a rendering ({rendering}), not slices";
        return slice.RescaleType is null or "HU" or "US" ? null : $"the values are {slice.RescaleType}, not HU";
    }
}
