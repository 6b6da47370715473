using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

public sealed record StudyRow(StudyUid Uid, string Caller, OrderClass Order, int Images, DateTimeOffset FirstReceivedAt,
    DateTimeOffset LastReceivedAt, DateTimeOffset? ClosedAt, string? ClosedBecause)
{
    public string? PatientId { get; init; }

    public string? PatientName { get; init; }

    public string? BirthDate { get; init; }

    public string? Sex { get; init; }

    public string? Accession { get; init; }

    public string? StudyDate { get; init; }

    public string? StudyTime { get; init; }

    public string? Description { get; init; }
}

public sealed record SeriesRow(StudyUid Study, SeriesUid Uid, string? Modality, string? Description, int Images, DateTimeOffset LastReceivedAt)
{
    /// <summary>Images that were here and were removed; null when none was.</summary>
    public RemovedImages? Removed { get; init; }
}

/// <param name="Images">In all, however often some were removed.</param>
/// <param name="At">The last time.</param>
/// <param name="Because">A clause.</param>
public sealed record RemovedImages(int Images, long Bytes, DateTimeOffset At, string Because);

/// <param name="Own">Made by this product, not received.</param>
/// <param name="Conflict">Its UID is known with another content too.</param>
public sealed record InstanceRow(SopInstanceUid Sop, byte[] Digest, StudyUid Study, SeriesUid Series, string SopClass, string TransferSyntax,
    string Path, long Bytes, bool Own, bool Conflict, DateTimeOffset ReceivedAt)
{
    /// <summary>The spool that holds the file, see <see cref="SpoolIdentity"/>; null: whoever has it.</summary>
    public Guid? Node { get; init; }
}

/// <summary>Reads what has arrived.</summary>
public sealed class StudyStore(Database database)
{
    private const string StudyColumns =
        $"""
        s.study_uid, s.caller, s.order_class, s.images - {InstanceRows.FurtherContents}, s.first_received_at, s.last_received_at, s.closed_at, s.closed_because,
        s.patient_id, s.patient_name, s.birth_date, s.sex, s.accession, s.study_date, s.study_time, s.description
        """;

    private const string InstanceColumns =
        "sop_uid, digest, study_uid, series_uid, sop_class, transfer_syntax, path, bytes, origin = 'own', conflict, received_at, node";

    public async Task<StudyRow?> FindAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync($"select {StudyColumns} from study s where s.study_uid = $1", [study.Value], ReadStudy, stop);
    }

    public async Task<List<StudyRow>> ByAccessionAsync(string accession, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync($"select {StudyColumns} from study s where s.accession = $1 order by s.first_received_at", [accession], ReadStudy, stop);
    }

    /// <summary>What a person means by a Study Instance UID or an accession number: the study of that UID, else all of that accession.</summary>
    public async Task<List<StudyRow>> LookUpAsync(string said, CancellationToken stop)
    {
        var clean = StoredText.Clean(said)!;
        return await FindAsync(new StudyUid(clean), stop) is { } study ? [study] : await ByAccessionAsync(clean, stop);
    }

    /// <summary>Newest first, for lists that are paged by count.</summary>
    public async Task<List<StudyRow>> NewestAsync(int most, int skip, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"select {StudyColumns} from study s order by s.first_received_at desc, s.study_uid limit $1 offset $2", [most, skip], ReadStudy, stop);
    }

    public async Task<List<SeriesRow>> SeriesAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"""
            select s.study_uid, s.series_uid, s.modality, s.description, s.images - {InstanceRows.FurtherContentsOfSeries}, s.last_received_at, s.removed_images, s.removed_bytes, s.removed_at, s.removed_because
            from series s where s.study_uid = $1 order by s.first_received_at, s.series_uid
            """,
            [study.Value],
            row => new SeriesRow(new(row.GetString(0)), new(row.GetString(1)), row.TextOrNull(2), row.TextOrNull(3), row.GetInt32(4), row.Time(5))
            {
                Removed = row.TimeOrNull(8) is { } at ? new(row.GetInt32(6), row.GetInt64(7), at, row.GetString(9)) : null,
            }, stop);
    }

    /// <summary>The instances of a study, or of one series. Of a UID in conflict only the content that came first.</summary>
    public async Task<List<InstanceRow>> InstancesAsync(StudyUid study, SeriesUid? series, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"""
             select distinct on (series_uid, sop_uid) {InstanceColumns} from instance
             where study_uid = $1 and ($2::text is null or series_uid = $2::text)
             order by series_uid, sop_uid, received_at, digest
             """,
            [study.Value, series?.Value], ReadInstance, stop);
    }

    /// <summary>
    /// What may be scored now: the received instances of the series that are closed; of a study that is closed, of all. Not those of a series
    /// that lost images to retention, unless all of these came again.
    /// </summary>
    public async Task<ScorableImages> ScorableAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var isClosed = await connection.FirstAsync("select closed_at is not null from study where study_uid = $1", [study.Value], row => row.GetBoolean(0), stop);
        var images = await connection.ListAsync(
            $"""
             select distinct on (series_uid, sop_uid) {InstanceColumns} from instance
             where study_uid = $1 and origin = 'received'
               and ($2 or series_uid in (select s.series_uid from series s where s.study_uid = $1 and s.closed_at is not null))
             order by series_uid, sop_uid, received_at, digest
             """,
            [study.Value, isClosed], ReadInstance, stop);
        var removed = await connection.ListAsync("select series_uid, removed_uids, removed_because from series where study_uid = $1 and removed_uids is not null",
            [study.Value], row => (Series: new SeriesUid(row.GetString(0)), Uids: UidList.Read(row.GetFieldValue<byte[]>(1)), Because: row.GetString(2)), stop);
        if (removed.Count == 0) return new(isClosed, images, []);
        var present = images.Select(image => image.Sop.Value).ToHashSet(StringComparer.Ordinal);
        CutSeries[] cut = [.. removed.Select(series => new CutSeries(series.Series, series.Uids.Count(uid => !present.Contains(uid)), series.Because)).Where(series => series.Missing > 0)];
        return new(isClosed, [.. images.Where(image => cut.All(series => series.Uid != image.Series))], [.. cut.Where(series => images.Any(image => image.Series == series.Uid))]);
    }

    /// <summary>The SOP Instance UIDs of a series' images that were removed; empty when none was.</summary>
    public async Task<IReadOnlyList<string>> RemovedAsync(StudyUid study, SeriesUid series, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync("select removed_uids from series where study_uid = $1 and series_uid = $2 and removed_uids is not null",
            [study.Value, series.Value], row => UidList.Read(row.GetFieldValue<byte[]>(0)), stop) ?? [];
    }

    /// <summary>Every content known under a UID, the one that came first at the start.</summary>
    public async Task<List<InstanceRow>> InstanceAsync(SopInstanceUid sop, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync($"select {InstanceColumns} from instance where sop_uid = $1 order by received_at, digest",
            [sop.Value], ReadInstance, stop);
    }

    private static StudyRow ReadStudy(NpgsqlDataReader row) => new(new(row.GetString(0)), row.GetString(1), (OrderClass)row.GetInt16(2),
        row.GetInt32(3), row.Time(4), row.Time(5), row.TimeOrNull(6), row.TextOrNull(7))
    {
        PatientId = row.TextOrNull(8),
        PatientName = row.TextOrNull(9),
        BirthDate = row.TextOrNull(10),
        Sex = row.TextOrNull(11),
        Accession = row.TextOrNull(12),
        StudyDate = row.TextOrNull(13),
        StudyTime = row.TextOrNull(14),
        Description = row.TextOrNull(15),
    };

    private static InstanceRow ReadInstance(NpgsqlDataReader row) => new(new(row.GetString(0)), row.GetFieldValue<byte[]>(1), new(row.GetString(2)),
        new(row.GetString(3)), row.GetString(4), row.GetString(5), row.GetString(6), row.GetInt64(7), row.GetBoolean(8), row.GetBoolean(9), row.Time(10)) { Node = row.GuidOrNull(11) };
}
