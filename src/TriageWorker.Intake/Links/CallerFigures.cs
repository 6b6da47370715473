using Microsoft.Extensions.Hosting;
using Npgsql;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>
/// What each caller sends and how its line is: counted in memory while objects come, added to the database every few seconds, in no
/// transaction that anything else waits for. While the database is away the counts grow on; what is not written when the process is killed is lost.
/// </summary>
internal sealed class CallerFigures(CallerStore store, TimeProvider clock) : BackgroundService
{
    private const int MostCells = 1000; // whoever is let in may call itself anything
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(5), TrimEvery = TimeSpan.FromHours(1), LastWriteWithin = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Title, long Hour), CallerCell> _cells = [];
    private readonly SeenStudies _studies = new();
    private long? _trimmedAt;

    public void Opened(LiveAssociation association) => Add(association, cell => cell.Volume += new CallerVolume { Associations = 1 });

    /// <param name="study">Its Study Instance UID, which is counted and not kept.</param>
    public void Kept(LiveAssociation association, string study, string transferSyntax, long bytes, LinkTimes times) => Add(association, cell =>
    {
        var isNew = _studies.IsNew(cell.Title, cell.Hour, study);
        cell.Volume += new CallerVolume(0, 0, isNew ? 1 : 0, 1, 0, bytes, times);
        cell.Syntaxes[transferSyntax] = cell.Syntaxes.GetValueOrDefault(transferSyntax) + 1;
        cell.LastObjectAt = clock.GetUtcNow();
    });

    public void Refused(LiveAssociation association, string because) => Add(association, cell =>
    {
        cell.Volume += new CallerVolume { Refused = 1 };
        cell.RefusedBecause = because;
    });

    public void Ended(LiveAssociation association, Dicom.Network.AssociationEnding ending) => Add(association, cell =>
    {
        if (ending.Kind == EndingKind.Released) return;
        cell.Volume += new CallerVolume { Aborted = 1 };
        (cell.AbortedAt, cell.AbortedBecause) = (clock.GetUtcNow(), ending.Because);
    });

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var deadline = new CancellationTokenSource(LastWriteWithin, clock);
        await TryWriteAsync(deadline.Token);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(WriteEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await TryWriteAsync(stoppingToken);
    }

    /// <returns>False when the database is away, which others say.</returns>
    internal async Task<bool> TryWriteAsync(CancellationToken stop)
    {
        CallerCell[] taken;
        lock (_gate)
        {
            taken = [.. _cells.Values];
            _cells.Clear();
        }

        if (taken.Length == 0) return true;
        try
        {
            await store.AddAsync(taken.Select(cell => cell.News), clock.GetUtcNow(), stop);
            taken = []; // they are there, whatever becomes of the rest
            if (_trimmedAt is { } at && clock.GetElapsedTime(at) < TrimEvery) return true;
            await store.TrimAsync(stop);
            _trimmedAt = clock.GetTimestamp();
            return true;
        }
        catch (Exception away) when (away is NpgsqlException or OperationCanceledException or ObjectDisposedException)
        {
            lock (_gate)
                foreach (var cell in taken) PutBack(cell);
            return false;
        }
    }

    private void Add(LiveAssociation association, Action<CallerCell> count)
    {
        var now = clock.GetUtcNow();
        var key = (association.Caller.CallingAe, now.Ticks / TimeSpan.TicksPerHour);
        lock (_gate)
        {
            if (!_cells.TryGetValue(key, out var cell))
            {
                if (_cells.Count >= MostCells) return;
                _cells[key] = cell = new CallerCell(association, key.Item2);
            }

            (cell.Association, cell.At) = (association, now);
            count(cell);
        }
    }

    private void PutBack(CallerCell cell)
    {
        if (_cells.TryGetValue((cell.Title, cell.Hour), out var newer)) newer.TakeOver(cell);
        else if (_cells.Count < MostCells) _cells[(cell.Title, cell.Hour)] = cell;
    }
}
