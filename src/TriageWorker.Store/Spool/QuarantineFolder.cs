namespace TriageWorker.Store;

/// <summary>What the spool set aside, looked at from outside: by a process that holds no spool of its own.</summary>
public static class QuarantineFolder
{
    private const int Listed = 50, LongestReason = 500;

    /// <summary>How many files lie there; null where there is no such folder on this machine, or it may not be read.</summary>
    public static int? Count(SpoolOptions options)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(Path.GetFullPath(options.Folder), "quarantine"), Spool.PartPattern).Count();
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The files that came last, the last first, each with its reason.</summary>
    internal static IReadOnlyList<QuarantinedFile> Newest(string folder, out int all)
    {
        var files = new DirectoryInfo(folder).EnumerateFiles(Spool.PartPattern).ToList();
        all = files.Count;
        return [.. files.OrderByDescending(file => file.LastWriteTimeUtc).Take(Listed).Where(file => file.Exists)
            .Select(file => new QuarantinedFile(file.Name, file.Length, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero), Reason(file.FullName)))];
    }

    private static string? Reason(string file)
    {
        try
        {
            var text = File.ReadAllText(Path.ChangeExtension(file, ".txt")).Trim();
            return text.Length > LongestReason ? text[..LongestReason] : text;
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException)
        {
            return null; // the log has it
        }
    }
}
