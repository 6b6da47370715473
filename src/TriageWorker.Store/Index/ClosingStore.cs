using System.Text.Json.Nodes;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>What is known of a study that may be complete, and the act of closing it.</summary>
public sealed class ClosingStore(Database database, NodeName node, WorkCredits credits)
{
    /// <summary>Times are database times: quiet is counted from when the last image was made known.</summary>
    /// <returns>Null when there is no such study.</returns>
    public async Task<StudyEvidence?> EvidenceAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync(
            """
            select s.images, s.last_indexed_at, clock_timestamp(), s.idle_time,
              (select count(*) from association a where a.calling_ae = s.caller and a.ended_at is null and a.lease_until > now())::integer,
              ended.released, ended.aborted, ended.lost
            from study s cross join lateral (
              select (count(*) filter (where a.ending = 'released'))::integer as released, (count(*) filter (where a.ending = 'aborted'))::integer as aborted,
                (count(*) filter (where a.ending = 'lost' or (a.ending is null and a.lease_until <= now())))::integer as lost
              from association a where a.id in (select i.association_id from instance i where i.study_uid = s.study_uid)) ended
            where s.study_uid = $1
            """,
            [study.Value],
            row => new StudyEvidence(row.GetInt32(0), row.Time(1), row.GetInt32(4), new(row.GetInt32(5), row.GetInt32(6), row.GetInt32(7)), row.GetTimeSpan(3), row.Time(2)), stop);
    }

    /// <summary>Evidence, state, scoring work and audit line in one transaction, if the claim still holds.</summary>
    /// <exception cref="LeaseLostException">A newer image came, or the lease expired.</exception>
    public async Task CloseAsync(LeasedWork work, string because, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        await WorkRows.CompleteAsync(transaction, work, stop);
        var closed = await transaction.Connection.FirstAsync(
            "update study set closed_at = now(), closed_because = $2 where study_uid = $1 returning images, order_class",
            [work.Study.Value, because], row => new { Images = row.GetInt32(0), Order = (OrderClass)row.GetInt16(1) }, stop)
            ?? throw new InvalidOperationException($"{work.Stage} work {work.Id} speaks of a study that is not stored.");
        await transaction.Connection.ExecuteAsync("insert into evidence (study_uid, kind, sentence) values ($1, 'study', $2)",
            [work.Study.Value, because], stop);
        await WorkRows.PushAsync(transaction, Stage.Scoring, work.Study.Value, work.Study, TimeSpan.Zero, credits.Of(closed.Order), stop);
        await ForwardRows.PlanAsync(transaction, work.Study, credits.Of(closed.Order), stop);
        await AuditLedger.AppendAsync(transaction, new(node.Value, "study.closed", work.Study,
            Detail: new JsonObject { ["because"] = because, ["images"] = closed.Images }), stop);
        await WorklistRows.NotifyAsync(transaction.Connection, work.Study, stop);
        await transaction.CommitAsync(stop);
    }
}
