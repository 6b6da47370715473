using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>Says that this host's spool is there and where it is read from; when it was away, the studies that waited for it are due at once.</summary>
internal sealed partial class SpoolBeat(
    SpoolDoor door, Spool spool, SpoolNodeStore spools, IOptions<SpoolOptions> options, IHostApplicationLifetime host, TimeProvider clock, ILogger<SpoolBeat> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await StartedAsync(stoppingToken); // the port is known then
        var silentAfter = options.Value.Sharing.SilentAfter;
        using var timer = new PeriodicTimer(silentAfter / 3, clock);
        var (isFirst, isAway) = (true, false);
        do
        {
            try
            {
                var wasAway = await spools.BeatAsync(spool.Id, spool.Folder, door.Url, silentAfter, stoppingToken);
                if (isFirst || wasAway) await spools.WakeAsync(spool.Id, stoppingToken);
                if (isAway) LogBack();
                (isFirst, isAway) = (false, false);
            }
            catch (NpgsqlException error)
            {
                if (!isAway) LogAway(error.Message);
                isAway = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task StartedAsync(CancellationToken stop)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listening = host.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stop);
    }

    [LoggerMessage(1020, LogLevel.Warning, "This spool cannot say that it is there; it keeps trying: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(1021, LogLevel.Information, "This spool says again that it is there")]
    private partial void LogBack();
}
