using System.Globalization;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>Rows that cannot be sealed yet, because a transaction older than theirs is still open.</summary>
/// <param name="Age">Of the oldest one; database time.</param>
/// <param name="Holder">Whose transaction that is, in words.</param>
public sealed record HeldHorizon(TimeSpan Age, string Holder);

/// <summary>What holds the horizon of sealing back.</summary>
/// <remarks>
/// That horizon is the oldest transaction with a number that is in progress, in any database of the cluster. Readers have no
/// number; replication slots and their <c>xmin</c> hold vacuum back, not this.
/// </remarks>
public sealed class HorizonStore(Database database)
{
    /// <summary>To be asked when nothing is left that can be sealed.</summary>
    /// <returns>Null when every row is sealed.</returns>
    public async Task<HeldHorizon?> FindAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var here = await connection.FirstAsync("select (pg_control_system()).system_identifier", [], row => row.GetInt64(0), stop);
        var head = await SealStore.HeadAsync(connection, stop);
        var (floor, after) = head is null ? (0, default) : head.Cluster == here ? (head.FloorId, head.Last) : (head.TopId, default);
        // Only up to what this cluster has begun: behind it may lie rows of an earlier epoch.
        var age = await connection.FirstAsync<TimeSpan?>(
            """
            select clock_timestamp(), at from audit
            where cluster = $1 and id > $2 and (xid, id) > ($3::xid8, $4) and xid < pg_snapshot_xmax(pg_current_snapshot()) order by xid, id limit 1
            """,
            [here, floor, Seal.Xid(after), after.Id],
            row => TimeSpan.FromMicroseconds(Math.Max(0, row.GetFieldValue<long>(0) - row.GetFieldValue<long>(1))), stop);
        return age is { } known ? new HeldHorizon(known, await HolderAsync(connection, stop)) : null;
    }

    private static async Task<string> HolderAsync(NpgsqlConnection connection, CancellationToken stop) => await connection.FirstAsync(
        """
        with horizon as (select pg_snapshot_xmin(pg_current_snapshot())::xid as xid)
        select format('process %s of the database server (application "%s", user %s, database %s, %s, transaction open for ', pid, application_name, usename, datname, state),
          clock_timestamp() - xact_start
        from pg_stat_activity, horizon where backend_xid = horizon.xid
        union all
        select format('the prepared transaction "%s" (owner %s, database %s, prepared for ', gid, owner, database), clock_timestamp() - prepared
        from pg_prepared_xacts, horizon where transaction = horizon.xid
        """,
        [], row => string.Create(CultureInfo.InvariantCulture, $"{row.GetString(0)}{row.GetFieldValue<TimeSpan>(1).TotalSeconds:0} s)"), stop)
        ?? "a transaction that this login may not see (grant it pg_read_all_stats, or ask pg_stat_activity.backend_xid as superuser), or one that has just ended";
}
