using System.Globalization;

namespace TriageWorker.Store;

/// <summary>What there is to say of a study's images in the spool: removed, missing, in conflict. A sentence each, for page and verb alike.</summary>
public static class ImagesSaid
{
    /// <param name="zone">Of the times in the sentences.</param>
    public static IReadOnlyList<string> Of(StudyPage page, TimeZoneInfo zone)
    {
        var sentences = new List<string>();
        if (page.Missing is { } missing)
            sentences.Add($"{Count(missing.Images, "image is", "images are")} missing since {Moment(missing.Since, zone)}: {(missing.Images == 1 ? "its file is" : "their files are")} gone from the spool. Push the study again, or put the files back.");
        if (page.Series.Where(series => series.Removed is not null).ToList() is { Count: > 0 } removed) sentences.Add(Removed(page, removed, zone));
        if (page.Conflicts is { } conflicts) sentences.Add($"{InConflict(conflicts)}.");
        if (page.Suspects > 0) sentences.Add($"{Count(page.Suspects, "image", "images")} came again in another transfer syntax; whether the content is the same is being looked at.");
        return sentences;
    }

    internal static string InConflict(ConflictingImages conflicts) =>
        $"{Count(conflicts.Images, "image", "images")} came with another content under a UID that was known{(conflicts.Because is null ? "" : $" ({conflicts.Because})")}; both are kept, the first is used";

    private static string Removed(StudyPage page, List<SeriesRow> removed, TimeZoneInfo zone)
    {
        var last = removed.MaxBy(series => series.Removed!.At)!.Removed!;
        var (were, are) = (removed.Sum(series => series.Removed!.Images), page.Series.Where(series => !page.OwnSeries.Contains(series.Uid)).Sum(series => series.Images));
        return $"Images removed on {TimeZoneInfo.ConvertTime(last.At, zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} by retention, because {last.Because}; " +
            $"{(were == 1 ? "1 image was" : $"{were} images were")} here{(are == 0 ? "" : $", {are} {(are == 1 ? "is" : "are")} now")}.";
    }

    private static string Moment(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);

    private static string Count(int number, string one, string several) => $"{number} {(number == 1 ? one : several)}";
}
