using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>Compares files and rows once after each start, beside everything else, and tells how far it is and what it found.</summary>
internal sealed partial class SpoolReconciler(SpoolReconciliation reconciliation, Spool spool, SpoolStateStore states, TimeProvider clock, ILogger<SpoolReconciler> log) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await TryRunAsync(stoppingToken)) await Task.Delay(RetryAfter, clock, stoppingToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, stoppingToken); // a loop that ends counts as one that broke
    }

    private async Task<bool> TryRunAsync(CancellationToken stop)
    {
        try
        {
            // Files are looked at on a thread of the pool's, piece by piece; each piece waits for the database.
            var figures = await Task.Run(() => reconciliation.RunAsync(far => states.NoteAsync(spool.Id, spool.Folder, far, stop), stop), stop);
            await states.NoteAsync(spool.Id, spool.Folder, figures, stop);
            if (figures.Missing > 0) LogMissing(figures.Missing);
            LogCompared(figures.Files, figures.Rows, figures.Adopted, figures.Quarantined, figures.Missing, figures.Returned);
            return true;
        }
        catch (Exception away) when (away is NpgsqlException or IOException or UnauthorizedAccessException)
        {
            LogBroken(away.Message);
            return false;
        }
    }

    [LoggerMessage(1040, LogLevel.Information, "The spool was compared with its rows: {Files} files, {Rows} rows; {Adopted} files without a row adopted, {Quarantined} set aside, {Missing} rows without a file, {Returned} back again")]
    private partial void LogCompared(long files, long rows, int adopted, int quarantined, int missing, int returned);

    [LoggerMessage(1041, LogLevel.Critical, "The files of {Missing} images are gone from the spool; their studies say so. Push them again, or put the files back and start the process again")]
    private partial void LogMissing(int missing);

    [LoggerMessage(1042, LogLevel.Warning, "The spool cannot be compared with its rows now; it begins anew in a minute: {Reason}")]
    private partial void LogBroken(string reason);
}
