using Npgsql;

namespace TriageWorker.Store.Tests.Journey;

/// <summary>As many studies as wanted, each scored and delivered, made by SQL in bulk.</summary>
internal static class ManyStudies
{
    /// <summary>Those that grow with the number of studies.</summary>
    public static IReadOnlyList<string> Tables { get; } =
        ["study", "series", "instance", "association", "evidence", "work", "selection", "generation", "result", "decision", "delivery", "worklist", "audit"];

    public static async Task MakeAsync(NpgsqlDataSource source, int studies, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        await using var command = new NpgsqlCommand(
            """
            create temporary table many as select '1.2.' || i as uid, i, now() - i * interval '20 seconds' as at,
              lpad(to_hex(i), 32, '0')::uuid as id from generate_series(1, $1) i;
            """, connection) { Parameters = { new() { Value = studies } }, CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(stop);
        await using var rows = new NpgsqlCommand(
            """
            insert into association (id, node, calling_ae, called_ae, peer_address, opened_at, lease_until, ended_at, ending, objects)
              select id, 'n', 'CT' || i % 10, 'TRIAGE', '10.0.0.1', at, at, at, 'released', 2 from many;
            insert into study (study_uid, caller, accession, idle_time, images, first_received_at, last_received_at, last_indexed_at, closed_at, closed_because)
              select uid, 'CT' || i % 10, 'ACC' || i, '5 seconds', 2, at, at, at, at, 'quiet' from many;
            insert into series (study_uid, series_uid, images, first_received_at, last_received_at) select uid, uid || '.1', 2, at, at from many;
            insert into instance (sop_uid, digest, study_uid, series_uid, sop_class, transfer_syntax, path, bytes, association_id, received_at)
              select uid || '.1.' || n, sha256((uid || '.' || n)::bytea), uid, uid || '.1', 'c', 't', 'p', 1, id, at from many, generate_series(1, 2) n;
            insert into evidence (study_uid, kind, sentence, at) select uid, 'study', 'quiet', at from many;
            insert into selection (study_uid, package_id, series_uid, chosen, reason, at) select uid, 'p', uid || '.1', true, 'r', at from many;
            insert into generation (id, study_uid, package_id, package_version, package_digest, series_uid, inputs, inputs_digest, created_at)
              select id, uid, 'p', '1', sha256('p'), uid || '.1', '[]', sha256(uid::bytea), at from many;
            insert into result (generation_id, scores, embedding, tensor_digest, pixel_digest, quality, provider, code_version, timings, committed_at)
              select id, '{"package":{"id":"p","version":"1","title":"t","digest":"d","demonstration":false},"findings":[],"phenotypes":[],"risks":[]}', '', '', '', '{}', 'cpu', '1',
                '{"model": 1000}', at from many;
            insert into decision (id, study_uid, generation_id, outcome, flag_level, because, decided_at) select id, uid, id, 'negative', 0, 'b', at from many;
            insert into delivery (id, decision_id, study_uid, destination, document, state, created_at, delivered_at)
              select id, id, uid, 'pacs', 'sr', 'delivered', at, at from many;
            insert into worklist (study_uid, arrived_at, base_key, rank_key, state, because, read_at, read_by)
              select uid, at, at, at, 'negative', 'b', case when i > 500 then at end, case when i > 500 then 'p' end from many;
            insert into work (stage, key, study_uid, urgency, due_at, state) select stage, uid, uid, at, at, 'done' from many, unnest(array['closing', 'scoring']) stage;
            insert into work (stage, key, study_uid, urgency, due_at, state) select 'delivery', id::text, uid, at, at, 'done' from many;
            insert into audit (at, actor, event, study_uid) select at, 'n', event, uid from many, unnest(array['study.closed', 'generation.made', 'decision.made', 'delivery.delivered']) event;
            insert into audit (at, actor, event, detail) select at, 'n', 'association.ended', '{"caller": "CT1", "ending": "released", "objects": 2, "refused": 0}' from many;
            select count(*) from study;
            """, connection) { CommandTimeout = 0 };
        await rows.ExecuteNonQueryAsync(stop);
        await using var vacuum = new NpgsqlCommand("vacuum analyze", connection) { CommandTimeout = 0 };
        await vacuum.ExecuteNonQueryAsync(stop);
    }
}
