using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>Study and series rows of a batch: created by the first image, counted by the rest.</summary>
internal static class StudyRows
{
    public static async Task AddMissingAsync(
        NpgsqlConnection connection, StudyArrival[] studies, IReadOnlyList<InstanceArrival> instances, CancellationToken stop)
    {
        var arrivals = instances.GroupBy(instance => instance.Study.Uid)
            .ToDictionary(group => group.Key, group => group.Min(instance => instance.ReceivedAt));
        await connection.ExecuteAsync(
            """
            insert into study (study_uid, caller, patient_id, patient_name, birth_date, sex, accession, study_date, study_time,
                               description, order_class, idle_time, first_received_at, last_received_at, traceparent, last_indexed_at)
            select *, now() from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                                 $9::text[], $10::text[], $11::smallint[], $12::interval[], $13::timestamptz[], $13::timestamptz[], $14::text[])
            on conflict (study_uid) do nothing
            """,
            [
                Column(studies, study => study.Uid.Value), Column(studies, study => study.Caller),
                Column(studies, study => study.PatientId), Column(studies, study => study.PatientName),
                Column(studies, study => study.BirthDate), Column(studies, study => study.Sex),
                Column(studies, study => study.Accession), Column(studies, study => study.StudyDate),
                Column(studies, study => study.StudyTime), Column(studies, study => study.Description),
                studies.Select(study => (short)study.Order).ToArray(), studies.Select(study => study.IdleTime).ToArray(),
                studies.Select(study => arrivals[study.Uid]).ToArray(), studies.Select(study => study.TraceParent).ToArray(),
            ], stop);
    }

    /// <summary>From here to the commit no other batch counts or marks conflicts in these studies.</summary>
    /// <returns>The traces of those that have one; a study that came before anybody traced gets one now.</returns>
    public static async Task<Dictionary<StudyUid, string>> LockAsync(NpgsqlConnection connection, StudyArrival[] studies, CancellationToken stop)
    {
        var rows = await connection.ListAsync("select study_uid, traceparent from study where study_uid = any($1) order by study_uid for no key update",
            [Column(studies, study => study.Uid.Value)], row => (Study: new StudyUid(row.GetString(0)), Trace: row.TextOrNull(1)), stop);
        var traces = rows.Where(row => row.Trace is not null).ToDictionary(row => row.Study, row => row.Trace!);
        foreach (var study in studies.Where(study => study.TraceParent is not null && !traces.ContainsKey(study.Uid)))
        {
            await connection.ExecuteAsync("update study set traceparent = $2 where study_uid = $1", [study.Uid.Value, study.TraceParent], stop);
            traces[study.Uid] = study.TraceParent!;
        }

        return traces;
    }

    /// <summary>Counts the images that were new, and opens their studies again.</summary>
    public static async Task CountAsync(
        NpgsqlConnection connection, IReadOnlyList<InstanceArrival> instances, IReadOnlyList<AddedInstance> added, CancellationToken stop)
    {
        var arrivals = instances.ToLookup(instance => (instance.Study.Uid, instance.Series.Uid));
        var series = added.GroupBy(row => (row.Study, row.Series)).Select(group => new
        {
            group.Key,
            Images = group.Count(),
            Header = arrivals[group.Key].First().Series,
            First = arrivals[group.Key].Min(instance => instance.ReceivedAt),
            Last = arrivals[group.Key].Max(instance => instance.ReceivedAt),
        }).ToArray();
        await connection.ExecuteAsync(
            """
            insert into series (study_uid, series_uid, modality, description, images, first_received_at, last_received_at)
            select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::timestamptz[], $7::timestamptz[])
            on conflict (study_uid, series_uid) do update set
              images = series.images + excluded.images,
              last_received_at = greatest(series.last_received_at, excluded.last_received_at)
            """,
            [
                series.Select(row => row.Key.Study.Value).ToArray(), series.Select(row => row.Key.Series.Value).ToArray(),
                Column(series, row => row.Header.Modality), Column(series, row => row.Header.Description),
                series.Select(row => row.Images).ToArray(), series.Select(row => row.First).ToArray(), series.Select(row => row.Last).ToArray(),
            ], stop);
        await connection.ExecuteAsync(
            """
            update study set images = study.images + new.images, last_received_at = greatest(study.last_received_at, new.last),
              last_indexed_at = now(), closed_at = null, closed_because = null
            from (select study_uid, sum(images) as images, max(last) as last
                  from unnest($1::text[], $2::integer[], $3::timestamptz[]) as row(study_uid, images, last) group by study_uid) new
            where study.study_uid = new.study_uid
            """,
            [series.Select(row => row.Key.Study.Value).ToArray(), series.Select(row => row.Images).ToArray(), series.Select(row => row.Last).ToArray()],
            stop);
    }

    public static async Task AddSeriesAsync(NpgsqlConnection connection, InstanceArrival own, CancellationToken stop) =>
        await connection.ExecuteAsync(
            """
            insert into series (study_uid, series_uid, modality, description, images, first_received_at, last_received_at)
            values ($1, $2, $3::text, $4::text, 1, $5, $5)
            on conflict (study_uid, series_uid) do update set images = series.images + 1
            """,
            [own.Study.Uid.Value, own.Series.Uid.Value, StoredText.Clean(own.Series.Modality), StoredText.Clean(own.Series.Description), own.ReceivedAt],
            stop);

    private static string?[] Column<T>(T[] rows, Func<T, string?> value) => Array.ConvertAll(rows, row => StoredText.Clean(value(row)));
}
