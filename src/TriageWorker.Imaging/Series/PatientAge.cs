using System.Globalization;
using TriageWorker.Dicom;

namespace TriageWorker.Imaging.Series;

/// <summary>The patient's age at the time of the study.</summary>
internal static class PatientAge
{
    /// <summary>
    /// Patient's Age (0010,1010), e.g. 043Y, else from birth and study date; null when neither tells. The stated age comes first because
    /// de-identified studies keep it and carry a birth date that means nothing.
    /// </summary>
    public static double? Of(DicomDataset data)
    {
        if (Stated(data.GetString(DicomTag.PatientAge)) is { } stated) return stated;
        var born = Date(data.GetString(DicomTag.PatientBirthDate));
        var seen = Date(data.GetString(DicomTag.StudyDate)) ?? Date(data.GetString(DicomTag.AcquisitionDate)) ?? Date(data.GetString(DicomTag.SeriesDate));
        return born is { } birth && seen is { } study && birth <= study && Between(birth, study) is < 130 and var age ? age : null;
    }

    /// <summary>PS3.5 6.2, AS: three digits and D, W, M or Y.</summary>
    internal static double? Stated(string? text)
    {
        if (text is not { Length: >= 2 and <= 4 } || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        return text[^1] switch
        {
            'Y' => number,
            'M' => number / 12.0,
            'W' => number / 52.1775,
            'D' => number / 365.2425,
            _ => null,
        };
    }

    /// <summary>Whole years by the calendar, so that a birthday counts on its day.</summary>
    private static double Between(DateOnly birth, DateOnly study)
    {
        var years = study.Year - birth.Year;
        return birth.AddYears(years) > study ? years - 1 : years;
    }

    private static DateOnly? Date(string? text) =>
        DateOnly.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
}
