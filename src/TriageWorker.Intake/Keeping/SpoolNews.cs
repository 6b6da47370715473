using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>Tells the database how this process's spool is, for the pages and verbs of other machines.</summary>
internal sealed partial class SpoolNews(Spool spool, SpoolStateStore states, IOptions<SpoolOptions> options, TimeProvider clock, ILogger<SpoolNews> log) : BackgroundService
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TellEvery, clock);
        do
        {
            try
            {
                await states.NoteAsync(spool.Id, spool.Folder, spool.Figures(options.Value.Archive), stoppingToken);
            }
            catch (Exception untold) when (untold is NpgsqlException or IOException or UnauthorizedAccessException)
            {
                LogUntold(untold.Message); // the page says since when nothing was heard
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(1045, LogLevel.Debug, "How the spool is cannot be told now: {Reason}")]
    private partial void LogUntold(string reason);
}
