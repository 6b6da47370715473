namespace TriageWorker.Imaging.Series;

/// <summary>
/// Whose images these are, as far as they say it: Patient ID (0010,0020) under its issuer, and birth date (PS3.3 C.7.1.1). What an
/// image leaves out contradicts nothing.
/// </summary>
public readonly record struct PatientIdentity(string? Id, string? Issuer, string? BirthDate)
{
    /// <summary>A clause, or null when all images may be of one patient. A result on a mixed study could stand under the wrong name.</summary>
    internal static string? Conflict(IReadOnlyList<SliceHeader> images)
    {
        string? Differ(Func<PatientIdentity, string?> part, string what) =>
            images.Select(image => part(image.Patient)).OfType<string>().Distinct(StringComparer.Ordinal).Count() is var count and > 1
                ? $"its images name {count} different {what}"
                : null;
        return Differ(patient => patient.Id, "patient IDs") ?? Differ(patient => patient.Issuer, "issuers of the patient ID") ?? Differ(patient => patient.BirthDate, "birth dates");
    }
}
