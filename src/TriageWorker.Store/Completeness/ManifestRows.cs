using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <param name="Whole">All of them together; null when there is none.</param>
/// <param name="Listed">By series: how many of its images are on a list.</param>
/// <param name="Awaited">Series with an image on a list that names others which are not here.</param>
internal sealed record StudyManifests(Manifest? Whole, IReadOnlyDictionary<string, int> Listed, IReadOnlySet<string> Awaited)
{
    public static StudyManifests None { get; } = new(null, new Dictionary<string, int>(), new HashSet<string>());
}

/// <summary>Lists of announced images against the images that are here.</summary>
internal static class ManifestRows
{
    /// <summary>Counts what a batch has brought of what was announced. One statement for the batch, by the images' own UIDs.</summary>
    /// <returns>Studies that have an image on a list of which, as far as counted, nothing is missing any more.</returns>
    public static async Task<HashSet<StudyUid>> MeetAsync(NpgsqlConnection connection, IReadOnlyList<AddedInstance> added, CancellationToken stop) =>
        [.. await connection.ListAsync(
            """
            with met as materialized (
              select a.manifest_id, new.study_uid, count(distinct new.sop_uid)::integer as images
              from unnest($1::text[], $2::text[]) as new(sop_uid, study_uid) join announced a using (sop_uid) group by 1, 2),
            held as materialized (select id from manifest where id in (select manifest_id from met) order by id for no key update),
            grown as (
              update manifest set arrived = arrived + sums.images
              from held join (select manifest_id, sum(images) as images from met group by 1) sums on sums.manifest_id = held.id
              where manifest.id = held.id returning manifest.id, manifest.arrived >= manifest.announced as is_whole)
            select distinct met.study_uid from met join grown on grown.id = met.manifest_id where grown.is_whole
            """,
            [added.Select(row => row.Sop.Value).ToArray(), added.Select(row => row.Study.Value).ToArray()], row => new StudyUid(row.GetString(0)), stop)];

    /// <summary>Compares the sets: it grows with the study and its lists, not with what is stored.</summary>
    public static async Task<StudyManifests> OfAsync(NpgsqlConnection connection, StudyUid study, CancellationToken stop)
    {
        var lists = await connection.ListAsync(
            """
            with listed as materialized (
              select distinct i.series_uid, i.sop_uid, a.manifest_id from instance i join announced a using (sop_uid)
              where i.study_uid = $1 and i.origin = 'received'),
            touched as (select manifest_id from listed union select id from manifest where study_uid = $1),
            counted as materialized (
              select m.id, m.kind, count(*)::integer as announced,
                (count(*) filter (where exists (select from instance i where i.sop_uid = a.sop_uid)))::integer as arrived
              from touched t join manifest m on m.id = t.manifest_id join announced a on a.manifest_id = m.id group by m.id, m.kind)
            select c.kind, c.announced, c.arrived, l.series_uid, l.images, c.id
            from counted c left join (select series_uid, manifest_id, array_agg(sop_uid) as images from listed group by 1, 2) l on l.manifest_id = c.id
            """,
            [study.Value],
            row => new
            {
                Kind = row.GetString(0) == "commitment" ? ManifestKind.Commitment : ManifestKind.Availability,
                Announced = row.GetInt32(1), Arrived = row.GetInt32(2), Series = row.TextOrNull(3),
                Images = row.IsDBNull(4) ? [] : row.GetFieldValue<string[]>(4), Id = row.GetInt64(5),
            }, stop);
        if (lists.Count == 0) return StudyManifests.None;
        var kinds = lists.DistinctBy(list => list.Id).ToLookup(list => list.Kind);
        var told = kinds.Contains(ManifestKind.Commitment) ? ManifestKind.Commitment : ManifestKind.Availability; // the sender's own word comes first
        var bySeries = lists.Where(list => list.Series is not null).ToLookup(list => list.Series!, StringComparer.Ordinal);
        return new StudyManifests(
            new Manifest(told, kinds[told].Count(), kinds[told].Sum(list => list.Announced), kinds[told].Sum(list => list.Arrived)),
            bySeries.ToDictionary(series => series.Key, series => series.SelectMany(list => list.Images).Distinct(StringComparer.Ordinal).Count(), StringComparer.Ordinal),
            bySeries.Where(series => series.Any(list => list.Arrived < list.Announced)).Select(series => series.Key).ToHashSet(StringComparer.Ordinal));
    }
}
