using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>Which spools there are, and where each is read from.</summary>
public sealed class SpoolNodeStore(Database database)
{
    internal const string Columns = "s.node, s.host, s.address, s.seen_at, s.seen_at + s.silent_after < clock_timestamp(), s.last_absence";

    /// <summary>The spool is there.</summary>
    /// <returns>True when it was away, or not known, until now.</returns>
    public async Task<bool> BeatAsync(string node, string host, Uri? address, TimeSpan silentAfter, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync(
            """
            with was as materialized (select seen_at, silent_after from spool where node = $1)
            insert into spool as s (node, host, address, silent_after) values ($1, $2, $3::text, $4)
            on conflict (node) do update set host = excluded.host, address = excluded.address, silent_after = excluded.silent_after, seen_at = clock_timestamp(),
              last_absence = case when s.seen_at + s.silent_after < clock_timestamp() then clock_timestamp() - s.seen_at else s.last_absence end
            returning coalesce((select seen_at + silent_after < clock_timestamp() from was), true)
            """,
            [node, host, address?.AbsoluteUri, silentAfter], row => row.GetBoolean(0), stop);
    }

    /// <summary>The node can be read from again: the studies that wait for it are due at once.</summary>
    public async Task WakeAsync(string node, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        // Rows that somebody holds are being tried anyway; nobody waits for them here, so that nobody waits in a circle.
        var woken = await transaction.Connection.ListAsync(
            """
            with late as materialized (
              select w.id from image_wait i join work w on w.stage = $1 and w.key = i.study_uid where i.node = $2 and w.state = 'due' and w.due_at > now()
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
        return await connection.ListAsync($"select {Columns} from spool s order by s.node", [], row => Read(row, 0), stop);
    }

    internal static SpoolNode Read(NpgsqlDataReader row, int first) => new(row.GetString(first), row.GetString(first + 1),
        row.TextOrNull(first + 2) is { } address ? new Uri(address) : null, row.Time(first + 3), row.GetBoolean(first + 4),
        row.IsDBNull(first + 5) ? null : row.GetFieldValue<TimeSpan>(first + 5));
}
