using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>Puts work into the database and takes it out, always inside the transaction of the state it belongs to.</summary>
public static class WorkRows
{
    /// <summary>
    /// Makes work due <paramref name="inTime"/> from now (database time), new or again. The fence grows, so a claim on the
    /// older state can no longer complete. A token goes out only for what is due at once: the loops look for the rest.
    /// </summary>
    public static Task PushAsync(
        DatabaseTransaction transaction, Stage stage, string key, StudyUid study, TimeSpan inTime, TimeSpan credit, CancellationToken stop) =>
        PushAsync(transaction, stage, key, lane: null, study, inTime, credit, stop);

    /// <inheritdoc cref="PushAsync(DatabaseTransaction, Stage, string, StudyUid, TimeSpan, TimeSpan, CancellationToken)"/>
    /// <param name="lane">What it shares a way out with, such as its destination: each lane has slots and a breaker of its own.</param>
    public static async Task PushAsync(
        DatabaseTransaction transaction, Stage stage, string key, string? lane, StudyUid study, TimeSpan inTime, TimeSpan credit, CancellationToken stop)
    {
        await transaction.Connection.ExecuteAsync(
            """
            insert into work (stage, key, study_uid, due_at, urgency, lane, traceparent)
            values ($1, $2, $3, now() + $4, now() + $4 - $5, $6::text, coalesce($7::text, (select traceparent from study where study_uid = $3)))
            on conflict (stage, key) do update set lane = excluded.lane, traceparent = excluded.traceparent,
              due_at = excluded.due_at, urgency = excluded.urgency, state = 'due', again = false, attempts = 0, hopeless = false, parts = '{}', part_died = false,
              fence = work.fence + 1, lease_owner = null, lease_until = null, last_error = null, cause = null, cause_words = null, changed_at = clock_timestamp()
            """,
            [stage.Column(), key, study.Value, inTime, credit, lane, StoreTelemetry.TraceParent], stop);
        if (inTime <= TimeSpan.Zero) await Outbox.AddAsync(transaction, new(stage, study.Value), stop);
    }

    /// <summary>
    /// As <see cref="PushAsync(DatabaseTransaction, Stage, string, StudyUid, TimeSpan, TimeSpan, CancellationToken)"/>, due at once; but a
    /// claim that is under way is left to it, and the work is due again behind it.
    /// </summary>
    public static async Task PushBehindAsync(DatabaseTransaction transaction, Stage stage, string key, StudyUid study, TimeSpan credit, CancellationToken stop)
    {
        var underWay = await transaction.Connection.ExecuteAsync(
            "update work set again = true where stage = $1 and key = $2 and state = 'leased'", [stage.Column(), key], stop);
        if (underWay == 0) await PushAsync(transaction, stage, key, study, TimeSpan.Zero, credit, stop);
    }

    /// <summary>
    /// Ends the work in the caller's transaction: done, or due again if it was pushed behind, or dead when it was <see cref="LeasedWork.Exhausted"/>. Where packages
    /// are left that have not done their part, it is due for them, behind what of its class is due already: the first word on each study comes before the second on any. Call it first: it
    /// takes the study's row and then the work's, the order in which intake takes them, so the two never wait for each other.
    /// </summary>
    /// <exception cref="LeaseLostException">The fence has moved on; the caller must not commit.</exception>
    public static async Task CompleteAsync(DatabaseTransaction transaction, LeasedWork work, CancellationToken stop)
    {
        await transaction.Connection.ExecuteAsync("select 1 from study where study_uid = $1 for no key update", [work.Study.Value], stop);
        if (work.Part is { Rest.Count: > 0 } part)
        {
            await CompletePartAsync(transaction, work, part, stop);
            return;
        }

        var isDueAgain = await transaction.Connection.ListAsync(
            """
            update work set state = case when again then 'due' when part_died then 'dead' else $3 end, lease_owner = null, lease_until = null, changed_at = clock_timestamp(),
              last_error = case when not again then coalesce($4::text, last_error) end, cause = case when not again then coalesce($5::text, cause) end,
              cause_words = case when not again then coalesce($6::text, cause_words) end, attempts = case when again then 0 else attempts end,
              hopeless = hopeless and not again, urgency = case when again then urgency + (now() - due_at) else urgency end,
              due_at = case when again then now() else due_at end, parts = case when again then '{}' else parts end,
              part_died = part_died and not again, again = false
            where id = $1 and fence = $2 and state = 'leased'
            returning state = 'due'
            """,
            [work.Id, work.Fence, work.Exhausted ? "dead" : "done", StoredText.Clean(work.Fault?.Because), work.Fault?.Cause, StoredText.Clean(work.Fault?.Words)],
            row => row.GetBoolean(0), stop);
        if (isDueAgain.Count == 0) throw new LeaseLostException(work);
        if (isDueAgain[0]) await Outbox.AddAsync(transaction, new(work.Stage, work.Study.Value), stop);
    }

    private static async Task CompletePartAsync(DatabaseTransaction transaction, LeasedWork work, WorkPart part, CancellationToken stop)
    {
        var released = await transaction.Connection.ExecuteAsync(
            """
            update work set state = 'due', lease_owner = null, lease_until = null, changed_at = clock_timestamp(), attempts = 0, hopeless = false,
              parts = case when again then '{}' else parts || $3 end, part_died = not again and (part_died or $4),
              last_error = case when $4 and not again then coalesce($5::text, last_error) when part_died and not again then last_error end,
              cause = case when $4 and not again then coalesce($6::text, cause) when part_died and not again then cause end,
              cause_words = case when $4 and not again then coalesce($7::text, cause_words) when part_died and not again then cause_words end,
              urgency = urgency + (now() - due_at), due_at = now(), again = false
            where id = $1 and fence = $2 and state = 'leased'
            """,
            [work.Id, work.Fence, part.Package.Id, work.Exhausted, StoredText.Clean(work.Fault?.Because), work.Fault?.Cause, StoredText.Clean(work.Fault?.Words)], stop);
        if (released == 0) throw new LeaseLostException(work);
        await Outbox.AddAsync(transaction, new(work.Stage, work.Study.Value), stop);
    }

    /// <summary>There is more to be looked at, at <paramref name="due"/> (database time), in the caller's transaction. Counts as no attempt. Call it first, as <see cref="CompleteAsync"/>.</summary>
    /// <exception cref="LeaseLostException">The fence has moved on; the caller must not commit.</exception>
    internal static async Task RescheduleAsync(DatabaseTransaction transaction, LeasedWork work, DateTimeOffset due, CancellationToken stop)
    {
        await transaction.Connection.ExecuteAsync("select 1 from study where study_uid = $1 for no key update", [work.Study.Value], stop);
        var released = await transaction.Connection.ExecuteAsync(
            """
            update work set state = 'due', lease_owner = null, lease_until = null, changed_at = clock_timestamp(), urgency = urgency + ($3 - due_at), due_at = $3,
              attempts = 0, last_error = null, cause = null, cause_words = null
            where id = $1 and fence = $2 and state = 'leased'
            """,
            [work.Id, work.Fence, due], stop);
        if (released == 0) throw new LeaseLostException(work);
    }
}
