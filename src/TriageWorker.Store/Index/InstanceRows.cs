using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

internal sealed record AddedInstance(SopInstanceUid Sop, StudyUid Study, SeriesUid Series);

/// <summary>Instance rows: one per content in the spool.</summary>
internal static class InstanceRows
{
    /// <summary>SQL for how many files of a study are further contents of a UID that is known already: they are no images of their own.</summary>
    public const string FurtherContents = "(select count(*) - count(distinct c.sop_uid) from instance c where c.study_uid = s.study_uid and c.conflict)::integer";

    /// <inheritdoc cref="FurtherContents"/>
    public const string FurtherContentsOfSeries = "(select count(*) - count(distinct c.sop_uid) from instance c where c.study_uid = s.study_uid and c.series_uid = s.series_uid and c.conflict)::integer";

    /// <param name="node">The spool that holds their files; null where nobody says.</param>
    /// <returns>Those that were not known with this content.</returns>
    public static async Task<List<AddedInstance>> AddAsync(
        NpgsqlConnection connection, IReadOnlyList<InstanceArrival> instances, Guid? node, string origin, CancellationToken stop) =>
        instances.Count == 0 ? [] : await connection.ListAsync(
            """
            insert into instance (sop_uid, digest, study_uid, series_uid, sop_class, transfer_syntax, path, bytes, association_id, received_at, plane, place_mm, number, node, origin)
            select *, $14::uuid, $15 from unnest($1::text[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
                                                 $9::uuid[], $10::timestamptz[], $11::integer[], $12::double precision[], $13::integer[])
            on conflict (sop_uid, digest) do nothing
            returning sop_uid, study_uid, series_uid
            """,
            [
                Column(instances, instance => instance.Sop.Value), Column(instances, instance => instance.Digest),
                Column(instances, instance => instance.Study.Uid.Value), Column(instances, instance => instance.Series.Uid.Value),
                Column(instances, instance => StoredText.Clean(instance.SopClass)), Column(instances, instance => StoredText.Clean(instance.TransferSyntax)),
                Column(instances, instance => instance.Path), Column(instances, instance => instance.Bytes),
                Column(instances, instance => instance.AssociationId), Column(instances, instance => instance.ReceivedAt),
                Column(instances, instance => instance.Place?.Plane), Column(instances, instance => instance.Place?.Millimetres),
                Column(instances, instance => instance.Number), node, origin,
            ],
            row => new AddedInstance(new(row.GetString(0)), new(row.GetString(1)), new(row.GetString(2))), stop);

    /// <summary>
    /// Marks every row of a SOP Instance UID that is known with more than one content. Contents in different syntaxes may still be the same
    /// image; they are marked for somebody to compare (<see cref="SuspectStore"/>), which takes longer than a commit of intake may.
    /// </summary>
    /// <returns>Those that are in conflict.</returns>
    public static async Task<IReadOnlyList<SopInstanceUid>> MarkConflictsAsync(
        NpgsqlConnection connection, IReadOnlyList<AddedInstance> added, CancellationToken stop) =>
        await connection.ListAsync(
            """
            with several as (
              select sop_uid, count(distinct transfer_syntax) > 1 as is_mixed from instance where sop_uid = any($1) group by sop_uid having count(*) > 1),
            marked as (update instance set conflict = true from several where instance.sop_uid = several.sop_uid and not is_mixed and not conflict),
            suspected as (update instance set suspect = true from several where instance.sop_uid = several.sop_uid and is_mixed and not suspect and not alike and not conflict)
            select sop_uid from several where not is_mixed order by sop_uid
            """,
            [Column(added, row => row.Sop.Value)], row => new SopInstanceUid(row.GetString(0)), stop);

    private static TValue[] Column<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> value) => [.. rows.Select(value)];
}
