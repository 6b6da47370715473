using System.Text.Json.Nodes;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>An image as a list names it.</summary>
public readonly record struct AnnouncedImage(string SopClass, SopInstanceUid Sop);

/// <summary>A list of images that somebody says there are.</summary>
/// <param name="ListUid">Transaction UID of a request, SOP Instance UID of a notification. The same one again replaces the list.</param>
/// <param name="Study">Of a notification, which names it; null for a request.</param>
public sealed record ImageList(ManifestKind Kind, string Caller, string ListUid, StudyUid? Study, IReadOnlyList<AnnouncedImage> Images);

/// <summary>Keeps lists of announced images, and has the studies that they speak of looked at.</summary>
public sealed class ManifestStore(Database database, NodeName node, WorkCredits credits)
{
    private static readonly TimeSpan s_keepFor = TimeSpan.FromDays(30);

    /// <param name="terms">How a commitment request is answered; null for a notification.</param>
    /// <returns>What its answer is found by.</returns>
    /// <exception cref="ArgumentException">A UID in it is none.</exception>
    public async Task<long> AddAsync(ImageList list, CommitmentTerms? terms, CancellationToken stop)
    {
        StoredText.Uid(list.ListUid, "The list's UID");
        if (list.Study is { } named) StoredText.Uid(named.Value, "Study Instance UID");
        var images = list.Images.DistinctBy(image => image.Sop).ToArray();
        foreach (var image in images) StoredText.Uid(image.Sop.Value, "SOP Instance UID");
        var id = await KeepAsync(list, images, terms, stop);
        await LookAtStudiesAsync(id, list, stop);
        return id;
    }

    /// <summary>Lists older than a month go, with what was asked in them.</summary>
    public async Task TrimAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync("delete from manifest where received_at < now() - $1", [s_keepFor], stop);
    }

    private async Task<long> KeepAsync(ImageList list, AnnouncedImage[] images, CommitmentTerms? terms, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var connection = transaction.Connection;
        var (kind, caller) = (list.Kind.ToString().ToLowerInvariant(), StoredText.Clean(list.Caller));
        // Whoever notifies says all there is, so its newer word replaces the older.
        if (list.Kind == ManifestKind.Availability)
            await connection.ExecuteAsync("delete from manifest where kind = $1 and caller = $2 and study_uid = $3 and list_uid <> $4", [kind, caller, list.Study?.Value, list.ListUid], stop);
        var id = await connection.FirstAsync(
            """
            insert into manifest (kind, caller, list_uid, study_uid, announced, arrived)
            values ($1, $2, $3, $4::text, $5, (select count(distinct i.sop_uid) from instance i where i.sop_uid = any($6)))
            on conflict (caller, list_uid) do update set kind = excluded.kind, study_uid = excluded.study_uid, announced = excluded.announced,
              arrived = excluded.arrived, received_at = clock_timestamp()
            returning id
            """,
            [kind, caller, list.ListUid, list.Study?.Value, images.Length, images.Select(image => image.Sop.Value).ToArray()], row => row.GetInt64(0), stop);
        await connection.ExecuteAsync("delete from announced where manifest_id = $1", [id], stop);
        await connection.ExecuteAsync("insert into announced (manifest_id, sop_uid, sop_class) select $1, * from unnest($2::text[], $3::text[])",
            [id, images.Select(image => image.Sop.Value).ToArray(), images.Select(image => StoredText.Clean(image.SopClass)).ToArray()], stop);
        if (terms is not null) await CommitmentRows.OpenAsync(connection, id, terms, stop);
        await AuditLedger.AppendAsync(transaction, new(node.Value, list.Kind == ManifestKind.Commitment ? "commitment.requested" : "availability.notified", list.Study,
            Detail: new JsonObject { ["caller"] = caller, ["list"] = list.ListUid, ["images"] = images.Length }), stop);
        await transaction.CommitAsync(stop);
        return id;
    }

    // In a transaction of its own: it takes studies before lists, as intake does. What is indexed at this very moment may be
    // missed here; then the study is looked at when its silence is over, and both are compared again.
    private async Task LookAtStudiesAsync(long manifest, ImageList list, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var connection = transaction.Connection;
        var studies = await connection.ListAsync(
            """
            select study_uid, closed_at is not null, order_class from study
            where study_uid in (select i.study_uid from announced a join instance i using (sop_uid) where a.manifest_id = $1 and i.origin = 'received')
            order by study_uid for no key update
            """,
            [manifest], row => (Uid: new StudyUid(row.GetString(0)), IsClosed: row.GetBoolean(1), Order: (OrderClass)row.GetInt16(2)), stop);
        if (studies.Count == 0) return;
        var (announced, arrived) = await connection.FirstAsync("select announced, arrived from manifest where id = $1", [manifest], row => (row.GetInt32(0), row.GetInt32(1)), stop);
        var said = new Manifest(list.Kind, 1, announced, arrived);
        foreach (var study in studies)
        {
            if (study.IsClosed)
                await connection.ExecuteAsync("insert into evidence (study_uid, kind, sentence) values ($1, 'manifest', $2)",
                    [study.Uid.Value, said.Missing == 0 ? $"Confirmed: {said}." : $"Not confirmed: {said}; the rest has not come."], stop);
            else if (said.Missing <= 0)
                await WorkRows.PushAsync(transaction, Stage.Closing, study.Uid.Value, study.Uid, TimeSpan.Zero, credits.Of(study.Order), stop);
        }

        await transaction.CommitAsync(stop);
    }
}
