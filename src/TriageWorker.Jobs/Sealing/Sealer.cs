using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Jobs;

/// <summary>
/// Seals the ledger and tells its newest seal outside the database. Any number of processes may do so: one seals each batch,
/// each tells its own file and log.
/// </summary>
public sealed partial class Sealer(
    Database database, SealStore seals, HorizonStore horizon, AlarmStore alarms, HeadFile heads, IOptions<AuditOptions> options, TimeProvider clock, ILogger<Sealer> log)
    : BackgroundService
{
    private const string Held = "audit.horizon", Cut = "audit.tail", Untold = "audit.head";
    private static readonly TimeSpan LastSealWithin = TimeSpan.FromSeconds(5);
    private long? _toldAt;
    private SealHead? _told;
    private bool _hasLooked;

    /// <summary>Seals all that can be sealed, says what cannot, and tells the newest seal when it is time.</summary>
    /// <returns>How many rows were sealed here.</returns>
    public async Task<long> SealAsync(CancellationToken stop)
    {
        await CompareAsync(stop);
        var sealedRows = 0L;
        while (await seals.SealNextAsync(stop) is { } seal) sealedRows += seal.Rows;
        if (await horizon.FindAsync(stop) is { } held && held.Age > options.Value.OverdueAfter) await RaiseAsync(held, stop);
        else await alarms.ClearAsync(Held, "", "Every row older than that is sealed.", stop);
        if (_toldAt is not { } at || clock.GetElapsedTime(at) >= options.Value.HeadEvery) await TellAsync(stop);
        return sealedRows;
    }

    /// <summary>Tells the newest seal to the log and the file, if it is not the one that was told last.</summary>
    public async Task TellAsync(CancellationToken stop)
    {
        if (await seals.HeadAsync(stop) is not { } seal) return;
        _toldAt = clock.GetTimestamp();
        var head = SealHead.Of(seal);
        if (head == _told) return;
        LogHead(head.Epoch, head.Seal, head.Rows, head.Hash);
        try
        {
            await Task.Run(() => heads.Append(head), stop);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var sentence = $"The newest audit seal cannot be told to {heads.Path}, so a cut tail would go unnoticed: {error.Message} Mend that, or set Audit:HeadFile.";
            if (await alarms.SetAsync(new Alarm(Untold, Environment.MachineName, AlarmSeverity.Warning, sentence), stop)) LogUntold(sentence);
            return; // and tried again when it is time
        }

        await alarms.ClearAsync(Untold, Environment.MachineName, "It was told.", stop);
        _told = head;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (!database.IsReady) return;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(LastSealWithin);
        try
        {
            await SealAsync(deadline.Token);
            await TellAsync(deadline.Token);
        }
        catch (Exception error) when (error is NpgsqlException or IOException or OperationCanceledException)
        {
            LogAway(error.Message); // the next start seals what is left
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SealEvery, clock);
        var away = false;
        do
        {
            try
            {
                await SealAsync(stoppingToken);
                away = false;
            }
            catch (Exception error) when (error is NpgsqlException or IOException)
            {
                if (!away) LogAway(error.Message);
                away = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // What was told and is no longer so shows at once, not when somebody verifies. Before anything is sealed: new seals would take the numbers of those that are gone.
    private async Task CompareAsync(CancellationToken stop)
    {
        if (!_hasLooked) _told = await LastToldAsync(stop);
        _hasLooked = true;
        if (_told is not { } told) return;
        var hash = await seals.HashAsync(told.Seal, stop);
        if (hash is not null && Convert.ToHexStringLower(hash) == told.Hash) return;
        if (await alarms.SetAsync(new Alarm(Cut, "", AlarmSeverity.Critical,
            $"The audit ledger is not the one that seal {told.Seal} of {told.At} was told of: its tail was cut, its chain rewritten, or an older copy was restored. "
            + $"Run triage audit verify; once it is explained, move {heads.Path} away and keep it."), stop)) LogCut(told.Seal, told.Hash);
        _told = null; // once: what is sealed from here on is told as it is
    }

    private async Task<SealHead?> LastToldAsync(CancellationToken stop)
    {
        try
        {
            return await heads.LastAsync(stop);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // telling fails too, and says so
        }
    }

    private async Task RaiseAsync(HeldHorizon held, CancellationToken stop)
    {
        var sentence = $"Audit rows wait for their seal for {held.Age.TotalSeconds:0} s and can be changed unnoticed meanwhile, because of {held.Holder}. End that transaction.";
        if (await alarms.SetAsync(new Alarm(Held, "", AlarmSeverity.Warning, sentence), stop)) LogHeld(sentence);
    }

    [LoggerMessage(8010, LogLevel.Information, "Audit head: epoch {Epoch}, seal {Seal}, {Rows} rows, hash {Hash}")]
    private partial void LogHead(int epoch, long seal, long rows, string hash);

    [LoggerMessage(8011, LogLevel.Warning, "The sealer cannot go on now and keeps trying: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(8012, LogLevel.Warning, "{Sentence}")]
    private partial void LogHeld(string sentence);

    [LoggerMessage(8014, LogLevel.Warning, "{Sentence}")]
    private partial void LogUntold(string sentence);

    [LoggerMessage(8013, LogLevel.Critical, "The audit ledger is not the one that was told: seal {Seal} with hash {Hash} is gone")]
    private partial void LogCut(long seal, string hash);
}
