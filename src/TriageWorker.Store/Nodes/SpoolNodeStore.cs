using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>Where the spools of the installation are read from, and which of them are away. How full each is, <see cref="SpoolStateStore"/> knows.</summary>
public sealed class SpoolNodeStore(Database database)
{
    /// <summary>Of a <c>spool s</c> that may have no row.</summary>
    /// <param name="id">Its id, where there is one without the row.</param>
    internal static string Columns(string id) =>
        $"{id}, {Name(id)}, s.address, s.heard_at, coalesce(s.heard_at + s.silent_after < clock_timestamp(), true), s.last_absence";

    /// <summary>What people call it, see <see cref="SpoolNode.Name"/>.</summary>
    internal static string Name(string id) => $"coalesce(s.host || ':' || s.folder, {id}::text)";

    /// <summary>The spool is there; said by the process that receives into it.</summary>
    /// <returns>True when it was away, or not known, until now.</returns>
    public async Task<bool> BeatAsync(Guid node, string folder, Uri? address, TimeSpan silentAfter, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync(
            """
            with was as materialized (select heard_at, silent_after from spool where id = $1)
            insert into spool as s (id, host, folder, address, silent_after, heard_at) values ($1, $2, $3, $4::text, $5, clock_timestamp())
            on conflict (id) do update set host = excluded.host, folder = excluded.folder, address = excluded.address, silent_after = excluded.silent_after,
              seen_at = clock_timestamp(), heard_at = clock_timestamp(),
              last_absence = case when s.heard_at + s.silent_after < clock_timestamp() then clock_timestamp() - s.heard_at else s.last_absence end
            returning coalesce((select heard_at + silent_after < clock_timestamp() from was), true)
            """,
            [node, Environment.MachineName, folder, address?.AbsoluteUri, silentAfter], row => row.GetBoolean(0), stop);
    }

    /// <summary>The node can be read from again: the studies that wait for it are due at once.</summary>
    public async Task WakeAsync(Guid node, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        // Rows that somebody holds are being tried anyway; nobody waits for them here, so that nobody waits in a circle.
        var woken = await transaction.Connection.ListAsync(
            """
            with late as materialized (
              select w.id from image_wait i join work w on w.stage = $1 and w.study_uid = i.study_uid where i.node = $2 and w.state = 'due' and w.due_at > now()
              for update of w skip locked)
            update work set urgency = urgency + (now() - due_at), due_at = now(), changed_at = clock_timestamp() from late where work.id = late.id
            returning work.study_uid
            """,
            [Stage.Scoring.Column(), node], row => row.GetString(0), stop);
        foreach (var study in woken) await Outbox.AddAsync(transaction, new(Stage.Scoring, study), stop);
        await transaction.CommitAsync(stop);
    }

    public async Task<List<SpoolNode>> AllAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync($"select {Columns("s.id")} from spool s order by s.host, s.folder, s.id", [], row => Read(row, 0), stop);
    }

    internal static SpoolNode Read(NpgsqlDataReader row, int first) => new(row.GetGuid(first), row.GetString(first + 1),
        row.TextOrNull(first + 2) is { } address ? new Uri(address) : null, row.TimeOrNull(first + 3), row.GetBoolean(first + 4),
        row.IsDBNull(first + 5) ? null : row.GetFieldValue<TimeSpan>(first + 5));
}
