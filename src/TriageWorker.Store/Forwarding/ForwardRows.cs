using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>Rounds of originals as a closing makes them, in its transaction.</summary>
internal static class ForwardRows
{
    internal const string Columns = "id, destination, round, images, missing_count, state, because, created_at, settled_at";

    public const string KeyPrefix = "forward/";

    public static string KeyOf(Guid round) => KeyPrefix + round;

    public static bool IsKey(string key) => key.StartsWith(KeyPrefix, StringComparison.Ordinal);

    public static Guid IdOf(string key) => Guid.Parse(key[KeyPrefix.Length..]);

    /// <summary>
    /// For each destination of the associations that brought images, a round of those that no earlier round of it has. Of a UID with
    /// several contents the one that came first goes, as it is the one that is used here.
    /// </summary>
    public static async Task PlanAsync(DatabaseTransaction transaction, StudyUid study, TimeSpan credit, CancellationToken stop)
    {
        var wanted = (await transaction.Connection.ListAsync(
            """
            select destination, sop_uid from (
              select distinct on (i.sop_uid) i.sop_uid, a.forward_to from instance i join association a on a.id = i.association_id
              where i.study_uid = $1 and i.origin = 'received' order by i.sop_uid, i.received_at, i.digest) first
            cross join unnest(forward_to) as destination
            """,
            [study.Value], row => (Destination: row.GetString(0), Sop: row.GetString(1)), stop)).ToLookup(row => row.Destination, row => row.Sop, StringComparer.Ordinal);
        if (wanted.Count == 0) return;
        var before = (await transaction.Connection.ListAsync("select destination, content, images from forward_round where study_uid = $1", [study.Value],
            row => (Destination: row.GetString(0), Images: UidList.Read(row.GetFieldValue<byte[]>(1), row.GetInt32(2))), stop)).ToLookup(row => row.Destination, row => row.Images, StringComparer.Ordinal);
        foreach (var destination in wanted.OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            var images = destination.Except(before[destination.Key].SelectMany(images => images), StringComparer.Ordinal).ToList();
            if (images.Count > 0) await AddAsync(transaction, study, destination.Key, before[destination.Key].Count() + 1, images, credit, stop);
        }
    }

    /// <summary>A round that failed is to be sent after all, as far as it is missing.</summary>
    public static async Task ReviveAsync(DatabaseTransaction transaction, Guid round, CancellationToken stop) =>
        await transaction.Connection.ExecuteAsync("update forward_round set state = 'due', because = null, settled_at = null where id = $1 and state = 'failed'", [round], stop);

    internal static ForwardRow Read(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4),
        row.GetString(5), row.TextOrNull(6), row.Time(7), row.TimeOrNull(8));

    private static async Task AddAsync(
        DatabaseTransaction transaction, StudyUid study, string destination, int round, List<string> images, TimeSpan credit, CancellationToken stop)
    {
        var (id, list) = (Guid.CreateVersion7(), UidList.Write(images));
        await transaction.Connection.ExecuteAsync(
            "insert into forward_round (id, study_uid, destination, round, images, content, missing, missing_count) values ($1, $2, $3, $4, $5, $6, $6, $5)",
            [id, study.Value, destination, round, images.Count, list], stop);
        await WorkRows.PushAsync(transaction, Stage.Delivery, KeyOf(id), destination, study, TimeSpan.Zero, credit, stop);
    }
}
