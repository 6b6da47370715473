using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Jobs;

/// <summary>Removes the oldest studies' images from the spool of this machine by age and by free space, and finishes what a run that died began.</summary>
public sealed partial class Retention(
    RetentionStore studies, RemovalStore removals, SpoolStateStore states, AlarmStore alarms, IOptions<SpoolOptions> spool, IOptions<RetentionOptions> options,
    TimeProvider clock, ILogger<Retention> log) : BackgroundService
{
    /// <summary>Room is short, and too few studies may go.</summary>
    public const string Held = "spool.retention";

    private const int Chunk = 100;

    /// <summary>Looks once.</summary>
    /// <returns>Null when there is no spool on this machine, or another process sweeps it.</returns>
    public async Task<RetentionRun?> RunAsync(CancellationToken stop)
    {
        using var swept = SweptSpool.TryOpen(spool.Value);
        if (swept is null) return null;
        var tally = new RemovalTally();
        var sweep = new SpoolSweep(removals, swept);
        await sweep.FinishAsync(stop); // also in an archive: what a run before hid for a moment gets its name back
        if (!spool.Value.Archive)
        {
            if (options.Value.Days > 0) await ByAgeAsync(sweep, tally, stop);
            if (options.Value.StartBelowFreeBytes > 0) await ByRoomAsync(swept, sweep, tally, stop);
        }

        var run = tally.Run(clock.GetUtcNow(), RetentionRule.Sentence(options.Value, spool.Value), swept.Free);
        await states.NoteAsync(swept.Id, Path.GetFullPath(spool.Value.Folder), run, stop);
        if (run.Images > 0) LogRemoved(run.Images, run.Studies, run.Bytes, run.FreeBytes);
        return run;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Every, clock);
        var away = false;
        do
        {
            try
            {
                await RunAsync(stoppingToken);
                away = false;
            }
            catch (Exception error) when (error is NpgsqlException or IOException or UnauthorizedAccessException)
            {
                if (!away) LogAway(error.Message);
                away = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ByAgeAsync(SpoolSweep sweep, RemovalTally tally, CancellationToken stop)
    {
        var age = TimeSpan.FromDays(options.Value.Days);
        await WalkAsync(sweep, tally, await studies.BeforeAsync(age, stop), $"they are older than {(options.Value.Days == 1 ? "a day" : $"{options.Value.Days} days")}", () => true, stop);
    }

    private async Task ByRoomAsync(SweptSpool swept, SpoolSweep sweep, RemovalTally tally, CancellationToken stop)
    {
        var subject = $"{Environment.MachineName}:{Path.GetFullPath(spool.Value.Folder)}";
        if (swept.Free < options.Value.StartBelowFreeBytes)
        {
            var until = Math.Max(options.Value.StopAboveFreeBytes, options.Value.StartBelowFreeBytes);
            await WalkAsync(sweep, tally, await studies.BeforeAsync(TimeSpan.Zero, stop), "the disk of the spool was filling up", () => swept.Free < until, stop);
        }

        if (swept.Free >= options.Value.StartBelowFreeBytes)
        {
            await alarms.ClearAsync(Held, subject, "There is room again.", stop);
            return;
        }

        var sentence = $"{RetentionRule.Size(swept.Free)} are free on the spool's volume, less than Retention:StartBelowFreeBytes, and no further study may lose its images: {tally.WhyHeld}. Make room.";
        if (await alarms.SetAsync(new Alarm(Held, subject, AlarmSeverity.Warning, sentence), stop)) LogHeld(sentence);
    }

    private async Task WalkAsync(SpoolSweep sweep, RemovalTally tally, DateTimeOffset before, string because, Func<bool> goesOn, CancellationToken stop)
    {
        AgedStudy? last = null;
        while (goesOn() && await studies.OldestAsync(last, before, Chunk, stop) is { Count: > 0 } oldest)
        {
            foreach (var study in oldest)
            {
                if (!goesOn()) return;
                if (study.Held is { } held) tally.Stays(study.Uid, held);
                else tally.Went(await sweep.RemoveAsync(study.Uid, before, because, stop));
            }

            last = oldest[^1];
        }
    }

    [LoggerMessage(8040, LogLevel.Information, "Removed {Images} images of {Studies} studies from the spool, {Bytes} bytes; {Free} bytes are free")]
    private partial void LogRemoved(int images, int studies, long bytes, long free);

    [LoggerMessage(8041, LogLevel.Warning, "Retention cannot go on now and keeps trying: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(8042, LogLevel.Warning, "{Sentence}")]
    private partial void LogHeld(string sentence);
}
