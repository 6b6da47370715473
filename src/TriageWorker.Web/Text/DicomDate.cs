namespace TriageWorker.Web;

/// <summary>DICOM dates and times (PS3.5 6.2) as people read them; what is no date is shown as it is.</summary>
internal static class DicomDate
{
    public static string? Read(string? date) =>
        date is { Length: 8 } && date.All(char.IsAsciiDigit) ? $"{date[..4]}-{date[4..6]}-{date[6..]}" : Blank(date);

    public static string? ReadTime(string? time) =>
        time is { Length: >= 4 } && time[..4].All(char.IsAsciiDigit) ? $"{time[..2]}:{time[2..4]}" : Blank(time);

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
