using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>
/// Makes alarms of what is watched in this process: raised when trouble is seen, counted on each minute while it lasts, cleared when
/// it is over. While the database is away nothing can be written: it is in the log, and the alarm is made when the database is back.
/// </summary>
public sealed partial class AlarmWatch(IEnumerable<IWatched> watched, AlarmStore alarms, TimeProvider clock, ILogger<AlarmWatch> log) : BackgroundService
{
    /// <summary>That the database could not be reached from a process; told when it is back.</summary>
    public const string DatabaseAway = "database.away";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5), TellEvery = TimeSpan.FromMinutes(1), LongAway = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(30);

    private readonly Dictionary<(string Kind, string Subject), Told> _told = [];
    private DateTimeOffset? _awaySince;
    private bool _awayLong;

    /// <summary>Looks once at everything.</summary>
    public async Task LookAsync(CancellationToken stop)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(AnswerWithin);
            foreach (var source in watched)
                foreach (var thing in await source.LookAsync(patience.Token)) await TellAsync(thing, patience.Token);
            await TellBackAsync(patience.Token);
        }
        catch (Exception away) when (away is NpgsqlException || away is OperationCanceledException && !stop.IsCancellationRequested)
        {
            NoteAway(away);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The outermost loop: what cannot be looked at now is looked at again.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogTrouble(error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task TellAsync(Watched thing, CancellationToken stop)
    {
        var before = _told.GetValueOrDefault((thing.Kind, thing.Subject));
        if (before is null) AlarmTelemetry.Watches(thing.Kind);
        if (thing.Trouble is not { } trouble)
        {
            if (before is { Troubled: false }) return;
            if (await alarms.ClearAsync(thing.Kind, thing.Subject, thing.Over, stop)) LogOver(thing.Kind, thing.Subject, thing.Over);
            _told[(thing.Kind, thing.Subject)] = new(Troubled: false, clock.GetTimestamp());
        }
        else if (before is not { Troubled: true } || clock.GetElapsedTime(before.At) >= TellEvery)
        {
            if (before is not { Troubled: true }) LogRaised(trouble.Kind, trouble.Subject, trouble.Sentence);
            await alarms.SetAsync(trouble, stop);
            _told[(thing.Kind, thing.Subject)] = new(Troubled: true, clock.GetTimestamp());
        }
    }

    private void NoteAway(Exception away)
    {
        _awaySince ??= clock.GetUtcNow();
        if (_awayLong || clock.GetUtcNow() - _awaySince < LongAway) return;
        _awayLong = true;
        LogAway(_awaySince.Value, away.Message);
    }

    private async Task TellBackAsync(CancellationToken stop)
    {
        if (_awayLong && _awaySince is { } since)
        {
            var sentence = $"The database could not be reached from {Environment.MachineName} from {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC on, for {(clock.GetUtcNow() - since).TotalSeconds:0} s. " +
                "Images were taken and kept meanwhile; nothing was scored or sent. Look at the server and the network between them.";
            await alarms.SetAsync(new(DatabaseAway, Environment.MachineName, AlarmSeverity.Critical, sentence), stop);
            await alarms.ClearAsync(DatabaseAway, Environment.MachineName, "It answers again.", stop);
        }

        (_awaySince, _awayLong) = (null, false);
    }

    private sealed record Told(bool Troubled, long At);

    [LoggerMessage(3030, LogLevel.Error, "Alarm {Kind} ({Subject}): {Sentence}")]
    private partial void LogRaised(string kind, string subject, string sentence);

    [LoggerMessage(3031, LogLevel.Information, "Alarm {Kind} ({Subject}) is over: {Because}")]
    private partial void LogOver(string kind, string subject, string because);

    [LoggerMessage(3032, LogLevel.Critical, "The database has been away since {Since}, so no alarm can be kept or sent until it is back: {Reason}")]
    private partial void LogAway(DateTimeOffset since, string reason);

    [LoggerMessage(3033, LogLevel.Error, "What is watched could not be looked at; it is tried again")]
    private partial void LogTrouble(Exception error);
}
