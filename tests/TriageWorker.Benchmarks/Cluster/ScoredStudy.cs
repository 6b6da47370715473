using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Benchmarks.Cluster;

/// <summary>When a study became due and when its result was committed, both by the database's clock.</summary>
/// <param name="Service">The time of its own score, as the result keeps it.</param>
internal sealed record ScoredStudy(bool Stat, DateTimeOffset DueAt, DateTimeOffset CommittedAt, TimeSpan Service)
{
    public double WaitSeconds => (CommittedAt - DueAt - Service).TotalSeconds;

    public static Task<List<ScoredStudy>> AllAsync(NpgsqlConnection connection, CancellationToken stop) => connection.ListAsync(
        """
        select s.order_class = 2, s.closed_at, r.committed_at, (r.timings->>'model')::double precision
        from study s join generation g using (study_uid) join result r on r.generation_id = g.id order by s.closed_at, s.study_uid
        """,
        [], row => new ScoredStudy(row.GetBoolean(0), row.Time(1), row.Time(2), TimeSpan.FromMilliseconds(row.GetDouble(3))), stop);

    /// <summary>The most that any one was overtaken by others that became due after it.</summary>
    /// <param name="byDue">In the order in which they became due.</param>
    public static int MostOvertaken(IReadOnlyList<ScoredStudy> byDue) =>
        byDue.Select((study, at) => byDue.Skip(at + 1).Count(later => later.DueAt > study.DueAt && later.CommittedAt < study.CommittedAt)).DefaultIfEmpty().Max();
}
