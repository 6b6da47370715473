using TriageWorker.Store;

namespace TriageWorker.Host.Doctor;

/// <summary>The server has as many connections as the processes may take.</summary>
internal sealed class ConnectionsCheck(DatabaseDoor door, DatabaseOptions options) : Check("database connections")
{
    public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
    {
        if (await door.TryOpenAsync() is not { } open) return [];
        await using var connection = await open.Database.OpenAsync(stop);
        var (free, used) = await connection.FirstAsync(
            """
            select current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer,
              (select count(*)::integer from pg_stat_activity where backend_type = 'client backend' and application_name <> 'triage')
            """,
            [], row => (row.GetInt32(0), row.GetInt32(1)), stop);
        var processes = Math.Max(1, open.Schema.Pending.Count > 0 ? 1 : await LiveAsync(open.Database, stop));
        var wanted = processes * options.MaxConnections;
        var what = $"{(processes == 1 ? "One process" : $"{processes} processes")} with Database:MaxConnections {options.MaxConnections} may take {wanted} of the server's {free} connections; others hold {used}.";
        return [wanted + used <= free ? Ok(what) : Warning(what, "Raise max_connections of the server, or lower Database:MaxConnections; else work fails when all are busy.")];
    }

    private static async Task<int> LiveAsync(Database database, CancellationToken stop) =>
        (await new NodeStore(database, NodeName.OfThisProcess).SeenAsync(TimeSpan.FromHours(1), stop)).Count(node => node.State == NodeState.Live);
}
