using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>What is known of a study that may be complete. No query grows with the number of studies stored.</summary>
public sealed class EvidenceStore(Database database, IOptions<CompletenessOptions> options)
{
    /// <summary>Times are database times: quiet is counted from when the last image was made known.</summary>
    /// <returns>Null when there is no such study.</returns>
    public async Task<StudyEvidence?> OfAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        if (await StudyAsync(connection, study, stop) is not { } row) return null;
        var pace = row.IsFixed ? CallerPace.Unknown : await PaceRows.OfAsync(connection, row.Caller, stop);
        var own = row.IsFixed ? TimeSpan.Zero : row.LongestPause;
        var idle = pace.IdleOf(row.Evidence.IdleTime, own, options.Value.LongestIdleTime);
        var lists = await ManifestRows.OfAsync(connection, study, stop);
        return row.Evidence with
        {
            IdleTime = idle,
            Pause = pace.PauseOf(own, idle),
            Learned = idle > row.Evidence.IdleTime ? Words(row.Caller, pace, own) : null,
            Manifest = lists.Whole,
            Series = await SeriesAsync(connection, study, lists, stop),
            Ceiling = options.Value.Ceiling,
        };
    }

    private static string Words(string caller, CallerPace pace, TimeSpan own) => pace.Usual is { } usual && usual >= own
        ? $"the longest pauses of {caller} in {pace.Pauses.Count} studies are {Seconds(usual)} s"
        : $"{caller} has paused for {Seconds(own)} s in this study";

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private sealed record StudyKnown(string Caller, bool IsFixed, TimeSpan LongestPause, StudyEvidence Evidence);

    // Open are associations of every caller that has brought an image of it.
    private static async Task<StudyKnown?> StudyAsync(NpgsqlConnection connection, StudyUid study, CancellationToken stop) => await connection.FirstAsync(
        """
        with brought as materialized (
          select a.* from association a where a.id in (select i.association_id from instance i where i.study_uid = $1))
        select s.images, s.last_indexed_at, clock_timestamp(), s.idle_time,
          (select count(*) from association a where a.calling_ae in (select s.caller union select b.calling_ae from brought b)
             and a.ended_at is null and a.lease_until > now())::integer,
          ended.released, ended.aborted, ended.lost, s.caller, s.idle_fixed, s.longest_pause, s.open_since
        from study s cross join lateral (
          select (count(*) filter (where b.ending = 'released'))::integer as released, (count(*) filter (where b.ending = 'aborted'))::integer as aborted,
            (count(*) filter (where b.ending = 'lost' or (b.ending is null and b.lease_until <= now())))::integer as lost
          from brought b) ended
        where s.study_uid = $1
        """,
        [study.Value],
        row => new StudyKnown(row.GetString(8), row.GetBoolean(9), row.GetTimeSpan(10),
            new StudyEvidence(row.GetInt32(0), row.Time(1), row.GetInt32(4), new(row.GetInt32(5), row.GetInt32(6), row.GetInt32(7)), row.GetTimeSpan(3), row.Time(2))
            {
                OpenSince = row.Time(11),
            }), stop);

    private static async Task<List<SeriesEvidence>> SeriesAsync(NpgsqlConnection connection, StudyUid study, StudyManifests lists, CancellationToken stop)
    {
        var needs = await StackNeedStore.InUseAsync(connection, stop);
        var places = await PlacesAsync(connection, study, stop);
        return await connection.ListAsync(
            """
            select s.series_uid, s.images, s.closed_by, s.modality, here.images
            from series s join lateral (
              select count(distinct i.sop_uid)::integer as images from instance i
              where i.study_uid = s.study_uid and i.series_uid = s.series_uid and i.origin = 'received') here on here.images > 0
            where s.study_uid = $1 order by s.series_uid
            """,
            [study.Value],
            row =>
            {
                var (uid, modality, here) = (row.GetString(0), row.TextOrNull(3), row.GetInt32(4));
                var stack = places.GetValueOrDefault(uid);
                return new SeriesEvidence(new(uid), row.GetInt32(1), ClosedByColumn.Read(row.TextOrNull(2)),
                    lists.Listed.GetValueOrDefault(uid) == here && !lists.Awaited.Contains(uid), lists.Awaited.Contains(uid),
                    stack, stack is not null && needs.Any(need => need.IsMetBy(modality, stack)));
            }, stop);
    }

    // One stack of slices across the body, one content for each UID; what lies otherwise is waited for.
    private static async Task<Dictionary<string, SliceStack>> PlacesAsync(NpgsqlConnection connection, StudyUid study, CancellationToken stop)
    {
        var slices = await connection.ListAsync(
            """
            select distinct on (series_uid, sop_uid) series_uid, plane, place_mm from instance
            where study_uid = $1 and origin = 'received' order by series_uid, sop_uid, received_at, digest
            """,
            [study.Value], row => (Series: row.GetString(0), Place: row.IsDBNull(1) || row.IsDBNull(2) ? (SlicePlace?)null : new SlicePlace(row.GetInt32(1), row.GetDouble(2))), stop);
        return slices.GroupBy(slice => slice.Series, StringComparer.Ordinal)
            .Where(series => series.All(slice => slice.Place is not null) && series.Select(slice => slice.Place!.Value.Plane).Distinct().Count() == 1
                && SlicePlace.IsAxial(series.First().Place!.Value.Plane))
            .ToDictionary(series => series.Key, series => SliceStack.Of([.. series.Select(slice => slice.Place!.Value.Millimetres)]), StringComparer.Ordinal);
    }
}

/// <summary>What closed a series, as the table writes it.</summary>
internal static class ClosedByColumn
{
    public static string Of(ClosedBy by) => by.ToString().ToLowerInvariant();

    public static ClosedBy? Read(string? text) => text is null ? null : Enum.Parse<ClosedBy>(text, ignoreCase: true);
}
