namespace TriageWorker.Store;

/// <summary>What the spool set aside, looked at from outside: by a process that holds no spool of its own.</summary>
public static class QuarantineFolder
{
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
}
