using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>What was read of studies when their rows were taken.</summary>
internal sealed record LockedStudies(Dictionary<StudyUid, string> Traces, Dictionary<StudyUid, TimeSpan> UntilCeiling);

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
                               description, order_class, idle_time, first_received_at, last_received_at, traceparent, idle_fixed, study_id, referring_physician, last_indexed_at)
            select *, now() from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                                 $9::text[], $10::text[], $11::smallint[], $12::interval[], $13::timestamptz[], $13::timestamptz[], $14::text[], $15::boolean[], $16::text[], $17::text[])
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
                studies.Select(study => study.IsIdleTimeFixed).ToArray(), Column(studies, study => study.StudyId), Column(studies, study => study.ReferringPhysician),
            ], stop);
    }

    /// <summary>From here to the commit no other batch counts or marks conflicts in these studies.</summary>
    /// <returns>The traces of those that have one (a study that came before anybody traced gets one now), and what each has left until its ceiling.</returns>
    public static async Task<LockedStudies> LockAsync(NpgsqlConnection connection, StudyArrival[] studies, TimeSpan ceiling, CancellationToken stop)
    {
        var rows = await connection.ListAsync(
            """
            select study_uid, traceparent, case when closed_at is null then greatest(open_since + $2 - now(), interval '0') else $2 end
            from study where study_uid = any($1) order by study_uid for no key update
            """,
            [Column(studies, study => study.Uid.Value), ceiling],
            row => (Study: new StudyUid(row.GetString(0)), Trace: row.TextOrNull(1), Left: row.GetTimeSpan(2)), stop);
        var traces = rows.Where(row => row.Trace is not null).ToDictionary(row => row.Study, row => row.Trace!);
        foreach (var study in studies.Where(study => study.TraceParent is not null && !traces.ContainsKey(study.Uid)))
        {
            await connection.ExecuteAsync("update study set traceparent = $2 where study_uid = $1", [study.Uid.Value, study.TraceParent], stop);
            traces[study.Uid] = study.TraceParent!;
        }

        return new LockedStudies(traces, rows.ToDictionary(row => row.Study, row => row.Left));
    }

    /// <summary>Counts the images that were new, and opens their series and studies again.</summary>
    /// <param name="longestIdle">A silence beyond this is no pause of a sending, but its end.</param>
    public static async Task CountAsync(
        NpgsqlConnection connection, IReadOnlyList<InstanceArrival> instances, IReadOnlyList<AddedInstance> added, TimeSpan longestIdle, CancellationToken stop)
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
            insert into series (study_uid, series_uid, modality, description, images, first_received_at, last_received_at, number)
            select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::timestamptz[], $7::timestamptz[], $8::integer[])
            on conflict (study_uid, series_uid) do update set
              images = series.images + excluded.images,
              last_received_at = greatest(series.last_received_at, excluded.last_received_at), closed_at = null, closed_by = null, closed_because = null
            """,
            [
                series.Select(row => row.Key.Study.Value).ToArray(), series.Select(row => row.Key.Series.Value).ToArray(),
                Column(series, row => row.Header.Modality), Column(series, row => row.Header.Description),
                series.Select(row => row.Images).ToArray(), series.Select(row => row.First).ToArray(), series.Select(row => row.Last).ToArray(),
                series.Select(row => row.Header.Number).ToArray(),
            ], stop);
        await connection.ExecuteAsync(
            """
            update study set images = study.images + new.images, last_received_at = greatest(study.last_received_at, new.last),
              last_indexed_at = now(), closed_at = null, closed_because = null, open_since = case when closed_at is null then open_since else now() end,
              longest_pause = case when new.first - study.last_received_at between study.longest_pause and $5 then new.first - study.last_received_at else study.longest_pause end
            from (select study_uid, sum(images) as images, min(first) as first, max(last) as last
                  from unnest($1::text[], $2::integer[], $3::timestamptz[], $4::timestamptz[]) as row(study_uid, images, first, last) group by study_uid) new
            where study.study_uid = new.study_uid
            """,
            [
                series.Select(row => row.Key.Study.Value).ToArray(), series.Select(row => row.Images).ToArray(),
                series.Select(row => row.First).ToArray(), series.Select(row => row.Last).ToArray(), longestIdle,
            ], stop);
    }

    public static async Task AddSeriesAsync(NpgsqlConnection connection, InstanceArrival own, CancellationToken stop) =>
        await connection.ExecuteAsync(
            """
            insert into series (study_uid, series_uid, modality, description, images, first_received_at, last_received_at, closed_at, closed_by, considered_at, number)
            values ($1, $2, $3::text, $4::text, 1, $5, $5, now(), 'own', now(), $6)
            on conflict (study_uid, series_uid) do update set images = series.images + 1
            """,
            [own.Study.Uid.Value, own.Series.Uid.Value, StoredText.Clean(own.Series.Modality), StoredText.Clean(own.Series.Description), own.ReceivedAt, own.Series.Number],
            stop);

    private static string?[] Column<T>(T[] rows, Func<T, string?> value) => Array.ConvertAll(rows, row => StoredText.Clean(value(row)));
}
