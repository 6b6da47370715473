using System.Globalization;
using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Benchmarks.Intake;

/// <summary>
/// Fills a database with what an archive of years holds: studies of ten live instances each, their series, list and work rows. It is settled
/// afterwards: vacuumed, analysed, written to disk.
/// </summary>
internal static class LiveRows
{
    private const int InstancesEach = 10, StudiesAtOnce = 100_000;

    public static async Task FillAsync(NpgsqlDataSource source, int studies, Action<string> say, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        async Task ExecuteAsync(string sql) => await connection.ExecuteAsync(sql, [], stop);
        // Keys between these tables hold by construction, and indexes of rows without order are made faster at once.
        await ExecuteAsync("set session_replication_role = replica");
        await ExecuteAsync("set synchronous_commit = off");
        await ExecuteAsync("set maintenance_work_mem = '1GB'");
        var later = await connection.ListAsync(
            """
            select format('alter table instance drop constraint %I', conname), format('alter table instance add constraint %I %s', conname, pg_get_constraintdef(oid))
              from pg_constraint where conrelid = 'instance'::regclass and contype in ('p', 'u')
            union all
            select format('drop index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid) from pg_index i
              where i.indrelid = 'instance'::regclass and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)
            """,
            [], row => (Drop: row.GetString(0), Make: row.GetString(1)), stop);
        foreach (var (drop, _) in later) await ExecuteAsync(drop);
        for (var first = 1; first <= studies; first += StudiesAtOnce)
        {
            var last = Math.Min(first + StudiesAtOnce - 1, studies);
            say(string.Create(CultureInfo.InvariantCulture, $"  studies {first} to {last}"));
            foreach (var sql in Inserts) await connection.ExecuteAsync(sql, [first, last], stop);
        }

        foreach (var (_, make) in later)
        {
            say($"  {make}");
            await ExecuteAsync(make);
        }

        say("  vacuum, checkpoint");
        await ExecuteAsync("vacuum analyze");
        await ExecuteAsync("checkpoint");
    }

    public static Task<double> GigabytesAsync(NpgsqlConnection connection, string relation, CancellationToken stop) =>
        connection.FirstAsync("select pg_total_relation_size($1::regclass) / 1e9::double precision", [relation], row => row.GetDouble(0), stop);

    // A number without order for each row, the same at each run: 18 digits of a digest.
    private static string Digits(string of) => $"(1000000000000000000 + (('x' || substr(md5({of}), 1, 15))::bit(60)::bigint % 8000000000000000000))::text";

    private static readonly string Study = $"'{SliceSource.Root}' || {Digits("'study' || s")}", Series = $"'{SliceSource.Root}' || {Digits("'series' || s")}",
        Sop = $"'{SliceSource.Root}' || {Digits("'sop' || s || '.' || n")}";

    private const string Arrived = "now() - interval '1 year' + s * interval '30 seconds'";

    private static readonly string[] Inserts =
    [
        $"""
         insert into study (study_uid, caller, patient_id, patient_name, accession, idle_time, images, first_received_at, last_received_at, last_indexed_at, closed_at, closed_because)
         select {Study}, 'CT' || s % 8, 'P' || s, 'Somebody^' || s, 'A' || s, interval '5 seconds', {InstancesEach}, {Arrived}, {Arrived}, {Arrived}, {Arrived}, 'It was quiet.'
         from generate_series($1::integer, $2::integer) s
         """,
        $"""
         insert into series (study_uid, series_uid, modality, images, first_received_at, last_received_at)
         select {Study}, {Series}, 'CT', {InstancesEach}, {Arrived}, {Arrived} from generate_series($1::integer, $2::integer) s
         """,
        $"""
         insert into instance (sop_uid, digest, study_uid, series_uid, sop_class, transfer_syntax, path, bytes, received_at)
         select sop, digest, study, series, '1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.1.2.1',
           'objects/' || substr(encode(digest, 'hex'), 1, 2) || '/' || encode(digest, 'hex') || '.dcm', 525000, at
         from (select {Study} as study, {Series} as series, {Sop} as sop, sha256(({Sop})::bytea) as digest, {Arrived} as at
               from generate_series($1::integer, $2::integer) s cross join generate_series(1, {InstancesEach}) n) made
         """,
        $"""
         insert into worklist (study_uid, arrived_at, base_key, rank_key, state, because, read_at, read_by)
         select {Study}, {Arrived}, {Arrived}, {Arrived}, 'negative', 'Nothing was found.', {Arrived}, 'somebody' from generate_series($1::integer, $2::integer) s
         """,
        $"""
         insert into work (stage, key, study_uid, due_at, urgency, state) select 'closing', {Study}, {Study}, {Arrived}, {Arrived}, 'done' from generate_series($1::integer, $2::integer) s
         """,
    ];
}
