using Npgsql;

namespace TriageWorker.Store;

/// <summary>Which processes there are. Each writes its own row; everybody reads them all.</summary>
public sealed class NodeStore(Database database, NodeName node)
{
    /// <summary>This process is there. Rows of others that were last seen longer ago than <paramref name="keepFor"/> are removed.</summary>
    public async Task BeatAsync(NodeBeat beat, TimeSpan keepFor, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(
            """
            with old as materialized (
              select name from node where seen_at < clock_timestamp() - $8 and name <> $1 for update skip locked),
            forgotten as (delete from node using old where node.name = old.name)
            insert into node (name, host, process_id, roles, slots, code_version, silent_after) values ($1, $2, $3, $4, $5::jsonb, $6, $7)
            on conflict (name) do update set seen_at = clock_timestamp(), stopped_at = null, silent_after = excluded.silent_after
            """,
            [node.Value, beat.Host, beat.ProcessId, beat.Roles.ToArray(), StoreJson.Write(beat.Slots), beat.CodeVersion, beat.SilentAfter, keepFor], stop);
    }

    /// <summary>This process stops: it works on nothing any more.</summary>
    public async Task StoppedAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync("update node set seen_at = clock_timestamp(), stopped_at = clock_timestamp() where name = $1", [node.Value], stop);
    }

    /// <summary>Those seen within <paramref name="within"/>, the newest start first.</summary>
    public async Task<List<NodeRow>> SeenAsync(TimeSpan within, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            select name, host, process_id, roles, slots::text, code_version, started_at, seen_at, stopped_at, seen_at + silent_after < clock_timestamp()
            from node where seen_at >= clock_timestamp() - $1 order by started_at desc, name
            """,
            [within], Read, stop);
    }

    private static NodeRow Read(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetFieldValue<string[]>(3),
        StoreJson.ReadSlots(row.GetString(4)), row.GetString(5), row.Time(6), row.Time(7), row.TimeOrNull(8),
        !row.IsDBNull(8) ? NodeState.Stopped : row.GetBoolean(9) ? NodeState.Silent : NodeState.Live);
}
