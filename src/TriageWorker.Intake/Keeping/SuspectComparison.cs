using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TriageWorker.Dicom;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>Judges once, beside the way in, whether a content that came under a known UID in another syntax is the same image.</summary>
internal sealed partial class SuspectComparison(SuspectStore suspects, Spool spool, UidHash uids, TimeProvider clock, ILogger<SuspectComparison> log) : BackgroundService
{
    private const int AtOnce = 16;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>Judges what is marked in this spool.</summary>
    /// <returns>How many contents it looked at.</returns>
    internal async Task<int> JudgeAsync(CancellationToken stop)
    {
        var judged = 0;
        while (await suspects.NextAsync(spool.Id, AtOnce, stop) is { Count: > 0 } next)
        {
            var judgements = await Task.Run(() => next.Select(Judge).ToList(), stop);
            await suspects.SettleAsync(judgements, stop);
            foreach (var conflict in judgements.Where(judgement => !judgement.IsAlike)) LogConflict(uids.Of(conflict.Of.Sop.Value), conflict.Because);
            judged += next.Count;
        }

        return judged;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await JudgeAsync(stoppingToken);
            }
            catch (NpgsqlException away)
            {
                LogAway(away.Message);
            }
        }
    }

    private SuspectVerdict Judge(Suspect suspect)
    {
        if (suspect.IsFirst) return new(suspect, IsAlike: true, "");
        try
        {
            var comparison = ContentComparison.Of(DicomFile.Read(spool.At(suspect.FirstPath)), DicomFile.Read(spool.At(suspect.Path)));
            return comparison.Verdict switch
            {
                ContentVerdict.Same => new(suspect, IsAlike: true, comparison.Because),
                ContentVerdict.NotComparable => new(suspect, IsAlike: false, $"not comparable: {comparison.Because}"),
                _ => new(suspect, IsAlike: false, comparison.Because),
            };
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(suspect, IsAlike: false, "not comparable: one of the files is not in this spool");
        }
        catch (Exception unread) when (unread is DicomFormatException or IOException or UnauthorizedAccessException)
        {
            return new(suspect, IsAlike: false, "not comparable: one of the files cannot be read");
        }
    }

    [LoggerMessage(1043, LogLevel.Warning, "Object {ObjectHash} arrived in another syntax, and counts as another content ({Because}); both are kept, the first is used")]
    private partial void LogConflict(string objectHash, string because);

    [LoggerMessage(1044, LogLevel.Debug, "What arrived again in another syntax is compared once the database is back: {Reason}")]
    private partial void LogAway(string reason);
}
