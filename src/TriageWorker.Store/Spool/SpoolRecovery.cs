using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>
/// Tries a spool that is failing with files of its own, calmly, and takes it into use again once it has held several times in a row.
/// Both stand in the ledger; while the database is away, the files do not wait for that.
/// </summary>
public sealed partial class SpoolRecovery(Spool spool, Database database, NodeName node, TimeProvider clock, ILogger<SpoolRecovery> log) : BackgroundService
{
    /// <summary>Trials that have to hold one after the other.</summary>
    public const int HoldsNeeded = 3;

    /// <summary>Between two trials.</summary>
    public static readonly TimeSpan TryEvery = TimeSpan.FromSeconds(20);

    private readonly Lock _trying = new();
    private readonly ConcurrentQueue<AuditEntry> _untold = [];
    private string? _known;
    private long _failures;
    private int _held;

    /// <summary>Tries once, where the spool is failing.</summary>
    /// <returns>Whether it was taken into use again.</returns>
    public bool TryOnce()
    {
        lock (_trying) return TryAlone();
    }

    /// <summary>Writes into the ledger what is not there yet.</summary>
    public async Task TellAsync(CancellationToken stop)
    {
        while (_untold.TryPeek(out var entry))
        {
            await using var transaction = await database.BeginAsync(stop);
            await AuditLedger.AppendAsync(transaction, entry, stop);
            await transaction.CommitAsync(stop);
            _untold.TryDequeue(out _);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The outermost loop: a disk in trouble may answer with anything, and is tried again.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TryEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (spool.Failure is not null) await Task.Run(TryOnce, stoppingToken); // a sick disk holds its thread, not the pool's callers
                await TellAsync(stoppingToken);
            }
            catch (NpgsqlException)
            {
                // What is untold is told later; that the database is away, others say.
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFault(fault);
            }
        }
    }

    private bool TryAlone()
    {
        if (spool.Failure is not { } failure)
        {
            _known = null;
            return false;
        }

        if (_known is null || _failures != spool.Failures) (_held, _failures) = (0, spool.Failures); // it has failed meanwhile: what held before proves nothing
        if (_known is null) Tell("spool.failing", failure);
        _known = failure;
        if (spool.Try() is { } fault)
        {
            _held = 0;
            LogFailsStill(spool.Folder, fault);
            return false;
        }

        if (++_held < HoldsNeeded)
        {
            LogHeld(spool.Folder, _held, HoldsNeeded);
            return false;
        }

        if (!spool.Recover(_failures)) return false;
        LogRecovered(spool.Folder, HoldsNeeded, failure);
        Tell("spool.recovered", failure);
        _known = null;
        return true;
    }

    private void Tell(string what, string failure) => _untold.Enqueue(new(node.Value, what, Detail: new JsonObject { ["spool"] = spool.Id.ToString(), ["because"] = StoredText.Clean(failure) }));

    [LoggerMessage(3034, LogLevel.Error, "The volume of the spool {Folder} is failing still, and is tried again: {Because}")]
    private partial void LogFailsStill(string folder, string because);

    [LoggerMessage(3035, LogLevel.Warning, "The volume of the spool {Folder} held a trial, {Held} of {Needed} in a row")]
    private partial void LogHeld(string folder, int held, int needed);

    [LoggerMessage(3036, LogLevel.Critical, "The spool {Folder} is in use again: its volume held {Trials} trials in a row. It had failed: {Because}")]
    private partial void LogRecovered(string folder, int trials, string because);

    [LoggerMessage(3037, LogLevel.Error, "The volume of the spool could not be tried")]
    private partial void LogFault(Exception fault);
}
