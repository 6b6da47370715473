using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>Group commits: gives sealed files their lasting names, then their rows, then takes their incoming names away. Each step may run twice.</summary>
/// <remarks>The backlog is the folder. While the database is away, files pile up there and nothing else happens.</remarks>
internal sealed partial class Indexer(
    Spool spool, LiveAssociations live, IndexStore index, CallerRules rules, StudySpans spans, UidHash uids, TimeProvider clock, ILogger<Indexer> log) : BackgroundService
{
    private const int MostFiles = 256;
    private static readonly TimeSpan GatherFor = TimeSpan.FromMilliseconds(40); // a row follows its file within 100 ms
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10), RetryAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastCommitWithin = TimeSpan.FromSeconds(10);

    private bool _isAway;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // The listener has stopped before; what it kept last gets its rows now. What does not is adopted at the next start.
        using var deadline = new CancellationTokenSource(LastCommitWithin, clock);
        try
        {
            await CommitAllAsync(deadline.Token);
        }
        catch (Exception away) when (IsAway(away))
        {
            LogLeft(away.Message);
        }

        spans.EndAll();
    }

    // Beside each other: what arrives now does not wait until a long backlog has been read and hashed.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(AdoptAsync(stoppingToken), IndexAsync(stoppingToken));

    // What could not be taken over while the spool was failing is, once it is in use again.
    private async Task AdoptAsync(CancellationToken stop)
    {
        while (true)
        {
            var next = spool.Recoveries.Next;
            await Task.Run(() => Adopt(stop), stop);
            await next.WaitAsync(stop);
        }
    }

    private void Adopt(CancellationToken stop)
    {
        var adoption = spool.Adopt(stop);
        if (adoption != default) LogAdopted(adoption.Adopted, adoption.Quarantined);
    }

    [SuppressMessage("Design", "CA1031", Justification = "The outermost loop: whatever happens to one batch, the files are still there for the next.")]
    private async Task IndexAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = spool.Arrivals.Next;
            try
            {
                await CommitAllAsync(stoppingToken);
                if (_isAway) LogBack();
                _isAway = false;
                await AsyncSignal.WaitAsync(next, LookEvery, clock, stoppingToken);
                await Task.Delay(GatherFor, clock, stoppingToken);
            }
            catch (Exception away) when (!stoppingToken.IsCancellationRequested)
            {
                if (!_isAway) LogAway(away.Message, IsAway(away) ? null : away);
                _isAway = true;
                await Task.Delay(RetryAfter, clock, stoppingToken);
            }
        }
    }

    /// <summary>Commits until the backlog is empty.</summary>
    internal async Task CommitAllAsync(CancellationToken stop)
    {
        Batch batch;
        do
        {
            batch = Batch.Gather(spool, live, MostFiles, clock.GetUtcNow());
            if (batch.IsEmpty) return;
            await CommitAsync(batch, stop);
        }
        while (batch.Files.Count == MostFiles);
    }

    private async Task CommitAsync(Batch batch, CancellationToken stop)
    {
        try
        {
            var began = clock.GetTimestamp();
            var paths = spool.Publish(batch.Files);
            var rows = spans.Begin(batch.ToIndex(paths, rules) with { Spool = spool.Id });
            var result = await index.CommitAsync(rows, stop);
            if (batch.Files.Count > 0) FailPoint.Pass(FailPoint.Committed);
            spool.Retire(batch.Files);
            batch.Stored(clock.GetUtcNow());
            spans.Committed(rows, result.Traces, batch.IsOpen);
            if (batch.Files.Count > 0) IntakeTelemetry.Committed(clock.GetElapsedTime(began));
            live.Forget(batch.Ended);
            foreach (var sop in result.Conflicts) LogConflict(uids.Of(sop.Value));
        }
        catch (PostgresException lost) when (lost.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // A database that was restored, or failed over, has forgotten associations whose rows were written before.
            batch.Unstored();
            throw;
        }
        catch (Exception unfit) when (IsUnfit(unfit) && batch.Files.Count > 1)
        {
            // One file the database will not take must not hold the others back.
            foreach (var single in batch.Single()) await CommitAsync(single, stop);
        }
        catch (Exception unfit) when (IsUnfit(unfit) && batch.Files.Count == 1)
        {
            LogUnfit(uids.Of(batch.Files[0].Head.SopInstanceUid), unfit.Message);
            spool.SetAside(batch.Files[0], unfit.Message);
        }
    }

    // What is wrong with the file itself: data exceptions (22), a value that a column refuses, or one too long for an index.
    // Anything else the database says (rows that are missing, no rights, read only, disk full) is its own trouble, and the files wait.
    private static bool IsUnfit(Exception error) => error is ArgumentException or PostgresException
    {
        SqlState: ['2', '2', ..] or PostgresErrorCodes.NotNullViolation or PostgresErrorCodes.CheckViolation or PostgresErrorCodes.ProgramLimitExceeded,
    };

    // Npgsql wraps what the network does; a pool that is being closed says so in its own way.
    private static bool IsAway(Exception error) =>
        error is NpgsqlException or IOException or UnauthorizedAccessException or ObjectDisposedException or OperationCanceledException;

    [LoggerMessage(1010, LogLevel.Information, "Adopted {Adopted} files of a process that ended; {Quarantined} that were not whole are in quarantine")]
    private partial void LogAdopted(int adopted, int quarantined);

    [LoggerMessage(1011, LogLevel.Warning, "Received files wait for their rows: {Reason}")]
    private partial void LogAway(string reason, Exception? ownFault);

    [LoggerMessage(1012, LogLevel.Information, "Received files that waited have their rows")]
    private partial void LogBack();

    [LoggerMessage(1013, LogLevel.Warning, "Object {ObjectHash} arrived with another content than before; both are kept, the first is used")]
    private partial void LogConflict(string objectHash);

    [LoggerMessage(1014, LogLevel.Error, "Object {ObjectHash} cannot be indexed and is set aside in quarantine: {Reason}")]
    private partial void LogUnfit(string objectHash, string reason);

    [LoggerMessage(1015, LogLevel.Warning, "Some received files have no rows yet and get them at the next start: {Reason}")]
    private partial void LogLeft(string reason);
}
