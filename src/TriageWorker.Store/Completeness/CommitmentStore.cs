using System.Text.Json.Nodes;

namespace TriageWorker.Store;

/// <summary>An image of a commitment request against what is here.</summary>
/// <param name="StoredClass">Its SOP class here; null when it is not here.</param>
public readonly record struct CommittedImage(string SopClass, string Sop, string? StoredClass);

/// <summary>A commitment request that still gets its answer.</summary>
/// <param name="IsLate">It has waited long enough for what is missing.</param>
/// <param name="Attempts">Reports that were not taken.</param>
public sealed record OpenCommitment(long Id, string TransactionUid, string Caller, string CalledAe, string PeerAddress, bool IsLate, int Attempts, TimeSpan Age);

/// <summary>Commitment requests and their answers: rows, so an answer outlives the process that owes it.</summary>
public sealed class CommitmentStore(Database database, NodeName node)
{
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(2);

    /// <summary>What is here of a request now. It grows with the request, not with what is stored.</summary>
    public async Task<List<CommittedImage>> ImagesAsync(long id, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            select a.sop_class, a.sop_uid, (select i.sop_class from instance i where i.sop_uid = a.sop_uid order by i.received_at, i.digest limit 1)
            from announced a where a.manifest_id = $1 order by a.sop_uid
            """,
            [id], row => new CommittedImage(row.GetString(0), row.GetString(1), row.TextOrNull(2)), stop);
    }

    /// <summary>Takes requests whose answer is due. Nobody else takes them for two minutes.</summary>
    public async Task<List<OpenCommitment>> TakeDueAsync(int most, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            with due as materialized (select manifest_id from commitment where answered_at is null and due_at <= now() order by due_at limit $1 for update skip locked)
            update commitment c set due_at = now() + $2 from due join manifest m on m.id = due.manifest_id where c.manifest_id = due.manifest_id
            returning m.id, m.list_uid, m.caller, c.called_ae, c.peer_address, c.answer_by <= now(), c.attempts, now() - m.received_at
            """,
            [most, s_lease],
            row => new OpenCommitment(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetBoolean(5), row.GetInt32(6), row.GetTimeSpan(7)), stop);
    }

    /// <summary>Looks at it again after some time; nothing has failed.</summary>
    public async Task WaitAsync(long id, TimeSpan time, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync("update commitment set due_at = now() + $2 where manifest_id = $1 and answered_at is null", [id, time], stop);
    }

    /// <summary>A report was not taken.</summary>
    public async Task FailedAsync(long id, string error, TimeSpan next, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync("update commitment set due_at = now() + $3, attempts = attempts + 1, last_error = $2 where manifest_id = $1 and answered_at is null",
            [id, StoredText.Clean(error), next], stop);
    }

    /// <summary>The answer was taken, or is given up.</summary>
    /// <param name="answer">What it said, in words.</param>
    public async Task AnsweredAsync(long id, string answer, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var list = await transaction.Connection.FirstAsync(
            """
            update commitment c set answered_at = now(), answer = $2 from manifest m where m.id = c.manifest_id and c.manifest_id = $1 and c.answered_at is null
            returning m.list_uid, m.caller
            """,
            [id, answer], row => new { Uid = row.GetString(0), Caller = row.GetString(1) }, stop);
        if (list is null) return;
        await AuditLedger.AppendAsync(transaction, new(node.Value, "commitment.answered",
            Detail: new JsonObject { ["caller"] = list.Caller, ["list"] = list.Uid, ["answer"] = answer }), stop);
        await transaction.CommitAsync(stop);
    }
}
