namespace TriageWorker.Store;

/// <summary>
/// Notices from an alarm's event to the receiver's answer. Any number of processes may send: a notice is taken under a lease with
/// a fence, one that a dead process held is due again, and it goes out with the same id and the same words.
/// </summary>
public sealed class NoticeStore(Database database, NodeName node)
{
    /// <summary>The kind of alarm that tells that a channel does not work. It is told through the other channels only.</summary>
    public const string ChannelDown = "alarms.channel";

    /// <summary>Takes the notice that is due on a channel. Those of one alarm go out in their order.</summary>
    /// <param name="lease">How long it is this caller's; longer than an attempt may take.</param>
    public async Task<LeasedNotice?> TakeAsync(string channel, TimeSpan lease, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync(
            """
            with next as materialized (
              select n.id from alarm_notice n where n.channel = $1 and n.state = 'due' and n.due_at <= now() and not exists (
                select 1 from alarm_notice earlier
                where earlier.alarm_id = n.alarm_id and earlier.channel = n.channel and earlier.state = 'due' and earlier.event_id < n.event_id)
              order by n.due_at, n.event_id limit 1 for update of n skip locked)
            update alarm_notice n set attempts = attempts + 1, fence = fence + 1, due_at = now() + $2
            from next, alarm_event e, alarm a
            where n.id = next.id and e.id = n.event_id and a.id = n.alarm_id
            returning n.id, n.fence, n.attempts, n.content, e.what, e.at, a.id, a.kind, a.subject, e.severity, e.sentence, a.raised_at, e.times,
              case e.what when 'cleared' then a.cleared_because end, n.created_at,
              (select count(*) from alarm other where other.kind = a.kind and other.subject = a.subject and other.raised_at > now() - interval '1 hour')::integer
            """,
            [channel, lease],
            row => new LeasedNotice(row.GetGuid(0), row.GetInt64(1), row.GetInt32(2), row.TextOrNull(3), Event(row.GetString(4)), row.Time(5), row.GetInt64(6),
                new Alarm(row.GetString(7), row.GetString(8), AlarmRows.Severity(row.GetString(9)), row.GetString(10)), row.Time(11), row.GetInt32(12),
                row.TextOrNull(13), row.GetInt32(15), row.Time(14)), stop);
    }

    /// <summary>Fixes what the notice says, unless an earlier attempt did.</summary>
    /// <returns>What it says for good; null when the notice is no longer this caller's.</returns>
    public async Task<string?> FixAsync(LeasedNotice notice, string content, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync("update alarm_notice set content = coalesce(content, $3) where id = $1 and fence = $2 and state = 'due' returning content",
            [notice.Id, notice.Fence, content], row => row.GetString(0), stop);
    }

    /// <summary>The receiver has it; its channel works.</summary>
    /// <returns>False when the notice is no longer this caller's: it is sent again, with the same id.</returns>
    public async Task<bool> SentAsync(LeasedNotice notice, string channel, string answer, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var settled = await transaction.Connection.ExecuteAsync(
            "update alarm_notice set state = 'sent', settled_at = now(), because = $3 where id = $1 and fence = $2 and state = 'due'",
            [notice.Id, notice.Fence, StoredText.Clean(answer)], stop);
        if (settled == 0) return false;
        await AlarmRows.ClearAsync(transaction, node, ChannelDown, channel, "A notice got through.", stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    /// <summary>The attempt failed.</summary>
    /// <param name="again">In how long it is tried again; null: never.</param>
    /// <param name="trouble">An alarm on the channel itself, where it has failed often enough for one.</param>
    public async Task<bool> FailedAsync(LeasedNotice notice, string because, TimeSpan? again, Alarm? trouble, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var settled = await transaction.Connection.ExecuteAsync(
            """
            update alarm_notice set because = $3, due_at = now() + coalesce($4::interval, interval '0'),
              state = case when $4::interval is null then 'failed' else 'due' end, settled_at = case when $4::interval is null then now() end
            where id = $1 and fence = $2 and state = 'due'
            """,
            [notice.Id, notice.Fence, StoredText.Clean(because), again], stop);
        if (settled == 0) return false;
        if (trouble is not null) await AlarmRows.SetAsync(transaction, node, trouble, stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    /// <summary>Gives up what nobody sends: its channel was taken out of the settings.</summary>
    /// <param name="known">The channels of this process.</param>
    public async Task<int> AbandonAsync(string[] known, TimeSpan after, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ExecuteAsync(
            """
            update alarm_notice set state = 'failed', settled_at = now(), because = 'no process that sends notices knows this channel any more'
            where state = 'due' and channel <> all($1) and due_at < now() - $2
            """,
            [known, after], stop);
    }

    /// <summary>What was told of these alarms, oldest first.</summary>
    public async Task<ILookup<long, NoticeRow>> OfAsync(IEnumerable<long> alarms, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var rows = await connection.ListAsync(
            """
            select n.alarm_id, n.id, e.what, n.channel, n.state, n.attempts, n.because, coalesce(n.settled_at, n.due_at)
            from alarm_notice n join alarm_event e on e.id = n.event_id where n.alarm_id = any($1) order by n.event_id, n.channel
            """,
            [alarms.ToArray()],
            row => new NoticeRow(row.GetInt64(0), row.GetGuid(1), Event(row.GetString(2)), row.GetString(3), row.GetString(4), row.GetInt32(5), row.TextOrNull(6), row.Time(7)), stop);
        return rows.ToLookup(row => row.AlarmId);
    }

    internal static AlarmEventKind Event(string column) => Enum.Parse<AlarmEventKind>(column, ignoreCase: true);
}
