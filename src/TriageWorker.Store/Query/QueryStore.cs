using Npgsql;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Matching;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>
/// Finds studies, series and instances by what rows say of them: the same answers for QIDO-RS and C-FIND. The order of a level
/// stays as long as nothing arrives, so that a list can be read page by page.
/// </summary>
public sealed class QueryStore(Database database)
{
    // Of a UID in conflict only the content that came first.
    private const string IsFirst =
        """
        not (i.conflict and exists (select 1 from instance e
          where e.sop_uid = i.sop_uid and e.study_uid = i.study_uid and (e.received_at, e.digest) < (i.received_at, i.digest)))
        """;

    private const string StudyColumns =
        "s.study_uid, s.patient_id, s.patient_name, s.birth_date, s.sex, s.accession, s.study_date, s.study_time, s.description, s.study_id, s.referring_physician";

    /// <summary>Whether the attribute can be a key on this level.</summary>
    public static bool Holds(DicomTag tag, QueryLevel level) => QueryColumn.Of(tag, level) is not null;

    /// <exception cref="ArgumentException">A key for which <see cref="Holds"/> is false.</exception>
    public async Task<List<FoundObject>> FindAsync(ObjectQuery query, CancellationToken stop)
    {
        var conditions = new QueryConditions();
        var highest = query.Level; // tables above the highest key are joined to the page alone, not to everything it is taken from
        foreach (var key in query.Keys)
        {
            var column = QueryColumn.Of(key.Tag, query.Level) ?? throw new ArgumentException($"{key.Tag} is no key on the {query.Level} level.", nameof(query));
            conditions.Add(column, key.Match);
            if (column.Level < highest) highest = column.Level;
        }

        if (query.Level == QueryLevel.Instance) conditions.Add(IsFirst);
        var page = $"limit {conditions.Value(query.Most)} offset {conditions.Value(query.Skip)}";
        var (sql, read) = query.Level switch
        {
            QueryLevel.Study => (StudySql(conditions.Text, page), (Func<NpgsqlDataReader, FoundObject>)QueryRows.Study),
            QueryLevel.Series => (SeriesSql(conditions.Text, page, highest), QueryRows.Series),
            _ => (InstanceSql(conditions.Text, page, highest), QueryRows.Instance),
        };
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(sql, [.. conditions.Values], read, stop);
    }

    /// <summary>For each series of a study that has files, where one of them is kept, relative to the spool.</summary>
    public async Task<Dictionary<string, string>> FirstFilesAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return (await connection.ListAsync("select distinct on (series_uid) series_uid, path from instance where study_uid = $1 order by series_uid, sop_uid, received_at, digest",
            [study.Value], row => (row.GetString(0), row.GetString(1)), stop)).ToDictionary();
    }

    private static string StudySql(string conditions, string page) =>
        $"""
         select {StudyColumns}, t.series, t.images - c.again, t.modalities,
           exists (select 1 from instance i where i.study_uid = s.study_uid)
         from (select * from study s where {conditions} order by s.first_received_at desc, s.study_uid {page}) s
         cross join lateral (select count(*)::integer as series, coalesce(sum(images), 0)::integer as images,
           array_agg(distinct modality order by modality) filter (where modality is not null) as modalities from series r where r.study_uid = s.study_uid) t
         cross join lateral (select (count(*) - count(distinct sop_uid))::integer as again from instance i where i.study_uid = s.study_uid and i.conflict) c
         order by s.first_received_at desc, s.study_uid
         """;

    private static string SeriesSql(string conditions, string page, QueryLevel keys) =>
        $"""
         select {StudyColumns}, r.series_uid, r.modality, r.description, r.number, r.images - c.again,
           exists (select 1 from instance i where i.study_uid = r.study_uid and i.series_uid = r.series_uid)
         from (select r.study_uid, r.series_uid, r.modality, r.description, r.number, r.images from series r {(keys == QueryLevel.Study ? "join study s on s.study_uid = r.study_uid" : "")}
           where {conditions} order by r.study_uid, r.series_uid {page}) r
         join study s on s.study_uid = r.study_uid
         cross join lateral (select (count(*) - count(distinct sop_uid))::integer as again
           from instance i where i.study_uid = r.study_uid and i.series_uid = r.series_uid and i.conflict) c
         order by r.study_uid, r.series_uid
         """;

    private static string InstanceSql(string conditions, string page, QueryLevel keys) =>
        $"""
         select {StudyColumns}, r.series_uid, r.modality, r.description, r.number, {QueryRows.InstanceColumns}, i.number
         from (select i.* from instance i {(keys <= QueryLevel.Series ? "join series r on r.study_uid = i.study_uid and r.series_uid = i.series_uid" : "")}
           {(keys == QueryLevel.Study ? "join study s on s.study_uid = i.study_uid" : "")}
           where {conditions} order by i.study_uid, i.series_uid, i.sop_uid {page}) i
         join series r on r.study_uid = i.study_uid and r.series_uid = i.series_uid join study s on s.study_uid = i.study_uid
         order by i.study_uid, i.series_uid, i.sop_uid
         """;
}
