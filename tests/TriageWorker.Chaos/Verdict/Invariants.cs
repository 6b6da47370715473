namespace TriageWorker.Chaos;

/// <summary>What must hold of a cluster, or of one process, once its troubles are over.</summary>
internal sealed class Invariants(ClusterDatabase database, string spool, Scanner scanner)
{
    private const string Undecided =
        "select count(*) from unnest($1::text[]) as pushed(uid) where not exists (select 1 from worklist w where w.study_uid = pushed.uid and w.state in ('positive', 'negative', 'not_analysed'))";

    /// <summary>Waits until all is done, and says how long that took.</summary>
    public async Task<TimeSpan> SettleAsync(TimeSpan within)
    {
        var began = TimeProvider.System.GetTimestamp();
        await database.UntilAsync("every study has ended in one of the three states", Undecided, count => count == 0, within, (object)scanner.Studies.ToArray());
        var decided = TimeProvider.System.GetElapsedTime(began);
        await database.UntilAsync("all work is done", "select count(*) from work where state in ('due', 'leased')", count => count == 0, within);
        await database.UntilAsync("the outbox is empty", "select count(*) from outbox", count => count == 0, within);
        return decided;
    }

    /// <summary>Everything that does not hold, one sentence each.</summary>
    public async Task<IReadOnlyList<string>> BrokenAsync()
    {
        var broken = new List<string>();
        foreach (var (what, sql) in Counts)
            if (await database.CountAsync(sql) is var count and not 0) broken.Add($"{what}: {count}");
        var missing = await database.ListAsync(
            "select sop from unnest($1::text[]) as acknowledged(sop) where not exists (select 1 from instance i where i.sop_uid = sop and i.origin = 'received')",
            row => row.GetString(0), (object)scanner.Acknowledged.ToArray());
        if (missing.Count > 0) broken.Add($"acknowledged images without a row: {missing.Count}, among them {missing[0]}");
        var paths = await database.ListAsync("select path from instance where origin = 'received'", row => row.GetString(0));
        if (paths.Count(path => !File.Exists(Path.Combine(spool, path))) is var gone and not 0) broken.Add($"rows whose file is not in the spool: {gone}");
        return broken;
    }

    /// <summary>What the receiver holds against what was delivered.</summary>
    public async Task<IReadOnlyList<string>> BrokenAtAsync(CountingReceiver receiver)
    {
        var delivered = await database.ListAsync("select sop_uid from delivery where state = 'delivered'", row => row.GetString(0));
        var held = receiver.Documents;
        List<string> broken = [];
        if (delivered.Except(held.Keys).Count() is var missing and not 0) broken.Add($"documents told as delivered that the receiver does not hold: {missing}");
        if (held.Keys.Except(delivered).Count() is var extra and not 0) broken.Add($"documents at the receiver that no delivery tells of: {extra}");
        if (delivered.Count != delivered.Distinct().Count()) broken.Add("two deliveries have one document");
        if (held.Values.Count(document => document.Differs) is var differ and not 0) broken.Add($"documents whose repeat had other bytes: {differ}");
        return broken;
    }

    private static readonly (string What, string Sql)[] Counts =
    [
        ("generations without a result that nothing newer replaced and no later decision answers", """
            select count(*) from generation g where not exists (select 1 from result r where r.generation_id = g.id)
              and not exists (select 1 from generation newer where newer.supersedes = g.id)
              and not exists (select 1 from decision d where d.study_uid = g.study_uid and d.generation_id is null and d.decided_at > g.created_at)
            """),
        ("generations with more than one result", "select count(*) from (select generation_id from result group by 1 having count(*) > 1) twice"),
        ("results without a decision", "select count(*) from result r where not exists (select 1 from decision d where d.generation_id = r.generation_id)"),
        ("studies whose list says something else than their newest decision", """
            select count(*) from worklist w join lateral (select outcome, because from decision d where d.study_uid = w.study_uid order by decided_at desc limit 1) d on true
            where w.state <> d.outcome and d.because not like '%' || w.state || '%' and d.outcome <> 'not_analysed'
            """),
        ("decisions without exactly one audit line", """
            select count(*) from decision d where (select count(*) from audit a where a.event = 'decision.made' and a.detail ->> 'decision' = d.id::text) <> 1
            """),
        ("audit lines of decisions that there are not", """
            select count(*) from audit a where a.event = 'decision.made' and not exists (select 1 from decision d where d.id::text = a.detail ->> 'decision')
            """),
        ("deliveries without exactly one audit line of their end", """
            select count(*) from delivery d where (select count(*) from audit a where a.event = 'delivery.' || d.state and a.detail ->> 'delivery' = d.id::text) <> 1
            """),
        ("decisions that were to be told and have no delivery", "select count(*) from decision d where not exists (select 1 from delivery v where v.decision_id = d.id)"),
        ("work that is dead", "select count(*) from work where state = 'dead'"),
        ("work that is neither done nor dead", "select count(*) from work where state not in ('done', 'dead')"),
        ("associations that never ended", "select count(*) from association where ended_at is null and lease_until < now() - interval '30 seconds'"),
        ("studies with images that were counted wrong", """
            select count(*) from study s where s.images <> (select count(*) from instance i where i.study_uid = s.study_uid and i.origin = 'received')
            """),
        ("studies decided on fewer images than they have", """
            select count(*) from study s join lateral (
              select g.inputs from decision d join generation g on g.id = d.generation_id where d.study_uid = s.study_uid order by d.decided_at desc limit 1) last on true
            where jsonb_array_length(last.inputs) < s.images
            """),
        ("images in conflict", "select count(*) from instance where conflict"),
    ];
}
