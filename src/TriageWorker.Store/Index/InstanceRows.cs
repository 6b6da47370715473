using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

internal sealed record AddedInstance(SopInstanceUid Sop, StudyUid Study, SeriesUid Series);

/// <summary>Instance rows: one per content in the spool.</summary>
internal static class InstanceRows
{
    /// <returns>Those that were not known with this content.</returns>
    public static async Task<List<AddedInstance>> AddAsync(
        NpgsqlConnection connection, IReadOnlyList<InstanceArrival> instances, string origin, CancellationToken stop) =>
        instances.Count == 0 ? [] : await connection.ListAsync(
            """
            insert into instance (sop_uid, digest, study_uid, series_uid, sop_class, transfer_syntax, path, bytes, association_id, received_at, node, origin)
            select *, $12 from unnest($1::text[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
                                      $9::uuid[], $10::timestamptz[], $11::text[])
            on conflict (sop_uid, digest) do nothing
            returning sop_uid, study_uid, series_uid
            """,
            [
                Column(instances, instance => instance.Sop.Value), Column(instances, instance => instance.Digest),
                Column(instances, instance => instance.Study.Uid.Value), Column(instances, instance => instance.Series.Uid.Value),
                Column(instances, instance => StoredText.Clean(instance.SopClass)), Column(instances, instance => StoredText.Clean(instance.TransferSyntax)),
                Column(instances, instance => instance.Path), Column(instances, instance => instance.Bytes),
                Column(instances, instance => instance.AssociationId), Column(instances, instance => instance.ReceivedAt),
                Column(instances, instance => instance.Node), origin,
            ],
            row => new AddedInstance(new(row.GetString(0)), new(row.GetString(1)), new(row.GetString(2))), stop);

    /// <summary>
    /// What came again to another spool is read from there from now on: the one that had it may be gone for good, and sending the images
    /// again is how people mend that. After <see cref="AddAsync"/>, in the transaction that holds the studies.
    /// </summary>
    public static async Task MoveAsync(NpgsqlConnection connection, IReadOnlyList<InstanceArrival> instances, CancellationToken stop)
    {
        var placed = instances.Where(instance => instance.Node is not null).ToArray();
        if (placed.Length == 0) return;
        await connection.ExecuteAsync(
            """
            update instance set node = came.node, path = came.path from unnest($1::text[], $2::bytea[], $3::text[], $4::text[]) came(sop_uid, digest, node, path)
            where instance.sop_uid = came.sop_uid and instance.digest = came.digest and instance.node is distinct from came.node
            """,
            [Column(placed, instance => instance.Sop.Value), Column(placed, instance => instance.Digest), Column(placed, instance => instance.Node), Column(placed, instance => instance.Path)], stop);
    }

    /// <summary>Marks every row of a SOP Instance UID that is known with more than one content.</summary>
    public static async Task<IReadOnlyList<SopInstanceUid>> MarkConflictsAsync(
        NpgsqlConnection connection, IReadOnlyList<AddedInstance> added, CancellationToken stop) =>
        await connection.ListAsync(
            """
            with several as (select sop_uid from instance where sop_uid = any($1) group by sop_uid having count(*) > 1),
            marked as (update instance set conflict = true from several where instance.sop_uid = several.sop_uid and not conflict)
            select sop_uid from several order by sop_uid
            """,
            [Column(added, row => row.Sop.Value)], row => new SopInstanceUid(row.GetString(0)), stop);

    private static TValue[] Column<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> value) => [.. rows.Select(value)];
}
