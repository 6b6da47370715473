using Microsoft.Extensions.Logging;

namespace TriageWorker.Store;

/// <summary>What processes that are gone left in their incoming folders. What cannot be moved now stays where it is, for the next start.</summary>
internal sealed partial class LeftBehind(Spool spool, string incoming, string own, ILogger log)
{
    /// <summary>Takes it over: whole files join the backlog, the rest goes to quarantine.</summary>
    public Adoption Adopt(CancellationToken stop)
    {
        var adoption = new Adoption(0, 0);
        foreach (var folder in Directory.EnumerateDirectories(incoming))
        {
            if (stop.IsCancellationRequested) break;
            if (folder == own) continue;
            try
            {
                if (HeldFolder.TryHold(folder) is not { } held) continue;
                using (held) adoption += AdoptFolder(folder, stop);
            }
            catch (Exception left) when (left is IOException or UnauthorizedAccessException)
            {
                LogLeft(folder, left.Message);
            }
        }

        return adoption;
    }

    private Adoption AdoptFolder(string folder, CancellationToken stop)
    {
        var (adoption, isEmptied) = (new Adoption(0, 0), true);
        foreach (var part in Directory.EnumerateFiles(folder, Spool.PartPattern))
        {
            if (stop.IsCancellationRequested) return adoption;
            try
            {
                adoption += AdoptFile(part);
            }
            catch (Exception left) when (left is IOException or UnauthorizedAccessException)
            {
                isEmptied = false;
                LogLeft(part, left.Message);
            }
        }

        spool.SyncFolder(own);
        if (isEmptied) HeldFolder.Remove(folder);
        return adoption;
    }

    private Adoption AdoptFile(string part)
    {
        if (new FileInfo(part).Length == 0)
        {
            File.Delete(part); // a name made ahead of need
            return default;
        }

        if (Fault(part) is { } fault)
        {
            spool.Quarantine(part, fault);
            return new Adoption(0, 1);
        }

        File.Move(part, Path.Combine(own, Path.GetFileName(part)));
        FailPoint.Pass(FailPoint.Adopted);
        spool.Arrivals.Wake();
        return new Adoption(1, 0);
    }

    private static string? Fault(string part)
    {
        try
        {
            return SpooledObject.Fault(part);
        }
        catch (IOException broken) when (SpooledObject.IsUnreadable(broken))
        {
            return SpooledObject.Unreadable(broken);
        }
    }

    [LoggerMessage(3022, LogLevel.Error, "Cannot take over {Path}, which a process that ended left behind; it stays there: {Because}")]
    private partial void LogLeft(string path, string because);
}

/// <summary>What was found in the folders of processes that are gone.</summary>
public readonly record struct Adoption(int Adopted, int Quarantined)
{
    public static Adoption operator +(Adoption left, Adoption right) => left.Add(right);

    public Adoption Add(Adoption other) => new(Adopted + other.Adopted, Quarantined + other.Quarantined);
}
