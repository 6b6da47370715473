using TriageWorker.Dicom;

namespace TriageWorker.Imaging.Series;

/// <summary>What kind of image a file holds, from Modality, SOP Class and Image Type (PS3.3 C.8.2.1.1.1, C.8.16.1). Never from BodyPartExamined, which lies.</summary>
internal static class ImageKinds
{
    private static readonly HashSet<string> Renderings = new(StringComparer.OrdinalIgnoreCase)
    {
        "MIP", "MAX_IP", "MAXIMUM", "MAXIMUM INTENSITY PROJECTION", "MINIP", "MIN_IP", "MINIMUM", "MINIMUM INTENSITY PROJECTION", "VRT", "VOLREN", "VOLUME RENDERED", "VOLUME_RENDER",
        "SURFACE_RENDER", "SSD", "PROJECTION IMAGE", "CURVED_MPR",
    };

    private static readonly HashSet<string> Pages = new(StringComparer.OrdinalIgnoreCase)
    {
        "DOSE_INFO", "DOSE INFO", "DOSE REPORT", "SCREEN SAVE", "SCREENSAVE", "CSA REPORT",
    };

    private static readonly HashSet<string> Maps = new(StringComparer.OrdinalIgnoreCase) { "PERFUSION", "SUBTRACTION", "STD_DEVIATION", "DIVISION", "QUANTITY" };

    private static readonly Dictionary<string, string> Documents = new(StringComparer.OrdinalIgnoreCase)
    {
        ["SR"] = "structured reports", ["DOC"] = "documents", ["KO"] = "key object selections", ["PR"] = "presentation states", ["REG"] = "registrations", ["SEG"] = "segmentations",
        ["RTSTRUCT"] = "structure sets", ["RTPLAN"] = "treatment plans", ["RTDOSE"] = "dose distributions",
    };

    /// <summary>Objects of this modality are about images and hold none.</summary>
    public static bool AreDocuments(string? modality) => modality is not null && Documents.ContainsKey(modality);

    public static bool IsLocalizer(SliceHeader slice) => Holds(slice, "LOCALIZER") || Holds(slice, "SCOUT");

    public static bool IsOriginal(SliceHeader slice) => slice.ImageType is [var origin, ..] && origin.Equals("ORIGINAL", StringComparison.OrdinalIgnoreCase);

    /// <summary>Where the images come from, as they say it themselves; empty when they do not.</summary>
    public static string Origin(SliceHeader slice) =>
        IsOriginal(slice) ? "original" : Holds(slice, "MPR") || Holds(slice, "REFORMATTED") ? "reformatted" : slice.ImageType.Count > 0 ? "derived" : "";

    /// <summary>Why this is no slice of the wanted modality, or null.</summary>
    public static string? Refuse(SliceHeader slice, string modality)
    {
        if (IsSecondaryCapture(slice.SopClass)) return $"the images are secondary captures (screenshots), not {modality}";
        if (slice.Modality is null) return "the images name no modality";
        if (Documents.GetValueOrDefault(slice.Modality) is { } documents) return $"it holds {documents} ({slice.Modality}), not images";
        if (!slice.Modality.Equals(modality, StringComparison.OrdinalIgnoreCase)) return $"the images are {Name(slice.Modality)}, not {modality}";
        if (slice.SopClass is not (null or DicomUid.CTImageStorage or DicomUid.EnhancedCTImageStorage or DicomUid.LegacyConvertedEnhancedCTImageStorage))
            return $"it is no CT image but {DicomUid.Find(slice.SopClass)?.Name ?? "an object of an unknown class"}";
        return RefuseType(slice);
    }

    private static string? RefuseType(SliceHeader slice)
    {
        if (IsLocalizer(slice)) return "the images are localizers (scouts)";
        if (slice.ImageType.FirstOrDefault(IsPage) is { } page) return $"the images are a page of dose figures or a screenshot ({page}), not slices";
        if (slice.ImageType.FirstOrDefault(Renderings.Contains) is { } rendering) return $"the images are a rendering ({rendering}), not slices";
        if (slice.ImageType.FirstOrDefault(Maps.Contains) is { } map) return $"the images show computed values ({map}), not HU";
        return slice.RescaleType is null or "HU" or "US" ? null : $"the values are {slice.RescaleType}, not HU";
    }

    // Siemens writes patient protocols as "CT_SOM5 PROT".
    private static bool IsPage(string type) => Pages.Contains(type) || type.EndsWith(" PROT", StringComparison.OrdinalIgnoreCase);

    private static bool IsSecondaryCapture(string? sopClass) => sopClass is DicomUid.SecondaryCaptureImageStorage
        or DicomUid.MultiFrameSingleBitSecondaryCaptureImageStorage or DicomUid.MultiFrameGrayscaleByteSecondaryCaptureImageStorage
        or DicomUid.MultiFrameGrayscaleWordSecondaryCaptureImageStorage or DicomUid.MultiFrameTrueColorSecondaryCaptureImageStorage;

    // PS3.3 C.7.3.1.1.1 says PT; people say PET.
    private static string Name(string modality) => modality is "PT" ? "PET" : modality;

    private static bool Holds(SliceHeader slice, string type) => slice.ImageType.Contains(type, StringComparer.OrdinalIgnoreCase);
}
