using System.Runtime.CompilerServices;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>
/// One look at the whole ledger, rows and seals side by side in the order of the chain. Nothing is held but what lies under
/// one seal; the snapshot is one, so sealing goes on meanwhile. Belongs to one caller.
/// </summary>
internal sealed class LedgerWalk : IAsyncDisposable
{
    private readonly DatabaseTransaction _seals, _rows;

    private LedgerWalk(DatabaseTransaction seals, DatabaseTransaction rows, Seal? head, DateTimeOffset now) => (_seals, _rows, Head, Now) = (seals, rows, head, now);

    /// <summary>The newest seal.</summary>
    public Seal? Head { get; }

    /// <summary>Database time when the look was taken.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>A connection for questions of the caller's, in the same snapshot; free while no step is being taken.</summary>
    public NpgsqlConnection Connection => _rows.Connection;

    public static async Task<LedgerWalk> BeginAsync(Database database, CancellationToken stop)
    {
        const string isolation = "set transaction isolation level repeatable read, read only";
        var seals = await database.BeginAsync(stop);
        try
        {
            await seals.Connection.ExecuteAsync(isolation, [], stop);
            var (snapshot, now) = await seals.Connection.FirstAsync("select pg_export_snapshot(), clock_timestamp()", [], row => (row.GetString(0), row.Time(1)), stop);
            var rows = await database.BeginAsync(stop);
            try
            {
                await rows.Connection.ExecuteAsync(isolation, [], stop);
                await rows.Connection.ExecuteAsync($"set transaction snapshot '{snapshot}'", [], stop);
                return new LedgerWalk(seals, rows, await SealStore.HeadAsync(seals.Connection, stop), now);
            }
            catch
            {
                await rows.DisposeAsync();
                throw;
            }
        }
        catch
        {
            await seals.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many rows there are, about: sealed ones are counted, the others estimated from the ids that are left.</summary>
    public async Task<long> EstimateAsync(CancellationToken stop) => (Head?.Total ?? 0) +
        await Connection.FirstAsync("select greatest(coalesce(max(id), 0) - $1, 0) from audit", [Head?.TopId ?? 0], row => row.GetInt64(0), stop);

    public async IAsyncEnumerable<LedgerStep> StepsAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var epochs = await _seals.Connection.ListAsync(
            """
            select epoch, cluster, floor_id, lead(floor_id, 1, 9223372036854775807) over (order by min(seq))
            from audit_seal group by epoch, cluster, floor_id order by min(seq)
            """,
            [], row => new Epoch(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), stop);
        using var content = new SealContent();
        foreach (var epoch in epochs)
            await foreach (var step in StepsAsync(epoch, epoch == epochs[^1], content, stop)) yield return step;

        // Rows that stand in no epoch: of a cluster that none is of, or with an id of another epoch's.
        var strays = _rows.Connection.StreamAsync(
            $"""
             select {LedgerRow.Columns} from audit where not exists (
               select from unnest($1, $2, $3) as epoch (cluster, above, upto) where audit.cluster = epoch.cluster and audit.id > above and audit.id <= upto) order by id
             """,
            [epochs.Select(epoch => epoch.Cluster).ToArray(), epochs.Select(epoch => epoch.Above).ToArray(), epochs.Select(epoch => epoch.UpTo).ToArray()], LedgerRow.Read, stop);
        await foreach (var row in strays) yield return new LedgerStep.Loose(row, content.HashOf(row), Epoch: null, row.Id > (Head?.TopId ?? 0));
    }

    private async IAsyncEnumerable<LedgerStep> StepsAsync(Epoch epoch, bool isLast, SealContent content, [EnumeratorCancellation] CancellationToken stop)
    {
        await using var rows = _rows.Connection.StreamAsync(
            $"select {LedgerRow.Columns} from audit where cluster = $1 and id > $2 and id <= $3 order by xid, id",
            [epoch.Cluster, epoch.Above, epoch.UpTo], LedgerRow.Read, stop).GetAsyncEnumerator(stop);
        var seals = _seals.Connection.StreamAsync($"select {Seal.Columns} from audit_seal where epoch = $1 and cluster = $2 and floor_id = $3 order by seq",
            [epoch.Number, epoch.Cluster, epoch.Above], Seal.Read, stop);
        var more = await rows.MoveNextAsync();
        await foreach (var seal in seals)
        {
            for (; more && rows.Current.Place < seal.First; more = await rows.MoveNextAsync())
                yield return new LedgerStep.Loose(rows.Current, content.HashOf(rows.Current), epoch.Number, IsDue: false);
            for (; more && rows.Current.Place <= seal.Last; more = await rows.MoveNextAsync())
                yield return new LedgerStep.Sealed(rows.Current, content.Add(rows.Current), seal);
            yield return new LedgerStep.SealEnd(seal, content);
            content.Clear();
        }

        for (; more; more = await rows.MoveNextAsync()) yield return new LedgerStep.Loose(rows.Current, content.HashOf(rows.Current), epoch.Number, isLast);
    }

    public async ValueTask DisposeAsync()
    {
        await _rows.DisposeAsync();
        await _seals.DisposeAsync();
    }

    private sealed record Epoch(int Number, long Cluster, long Above, long UpTo);
}
