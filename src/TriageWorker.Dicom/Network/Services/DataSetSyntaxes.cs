namespace TriageWorker.Dicom.Network;

/// <summary>The transfer syntaxes of data sets that are read and written here and hold no pixel data.</summary>
public static class DataSetSyntaxes
{
    /// <summary>By preference. Every implementation has the last (PS3.5, 10.1).</summary>
    public static IReadOnlyList<string> All { get; } =
        [DicomUid.ExplicitVRLittleEndian, DicomUid.DeflatedExplicitVRLittleEndian, DicomUid.ExplicitVRBigEndian, DicomUid.ImplicitVRLittleEndian];

    /// <summary>The first of the proposed ones that says value representations; implicit little endian else; null when none is known.</summary>
    public static string? Choose(IEnumerable<string> proposed)
    {
        var known = proposed.Where(All.Contains).ToList();
        return known.Find(syntax => syntax is not (DicomUid.ImplicitVRLittleEndian or DicomUid.ExplicitVRBigEndian)) ?? known.FirstOrDefault();
    }
}
