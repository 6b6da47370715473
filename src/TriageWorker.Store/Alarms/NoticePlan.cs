namespace TriageWorker.Store;

/// <summary>
/// Makes notices of events: one for each channel whose minimum the event reaches. An alarm that comes and goes is held down: after
/// a raising was told on a channel, the next of the same kind, subject and severity is due there only when the hold-down is over, and
/// only if it lasts then. So a channel gets at most one raising and one end of the same trouble in that time, and what lasts is told.
/// </summary>
public sealed class NoticePlan(Database database)
{
    private const int MostEvents = 200;
    private const long LockKey = 0x616c61726d; // "alarm": events are looked at in their order, so by one process at a time

    /// <summary>Reminds of alarms that have lasted for so long since they were last told.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RemindAsync(TimeSpan after, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ExecuteAsync(
            """
            with lasting as (
              update alarm set told_at = clock_timestamp() where cleared_at is null and told_at <= now() - $1 returning id, severity, sentence, times)
            insert into alarm_event (alarm_id, what, severity, sentence, times) select id, 'reminder', severity, sentence, times from lasting order by id
            """,
            [after], stop);
    }

    /// <summary>Makes the notices of the oldest events that have none yet.</summary>
    /// <returns>How many events; fewer when another process is at it.</returns>
    public async Task<int> MakeAsync(IReadOnlyList<ChannelTerms> channels, TimeSpan holdDown, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var connection = transaction.Connection;
        if (!await connection.FirstAsync("select pg_try_advisory_xact_lock($1)", [LockKey], row => row.GetBoolean(0), stop)) return 0;
        var events = await connection.ListAsync(
            """
            select e.id, e.alarm_id, e.what, e.severity, a.kind, a.subject from alarm_event e join alarm a on a.id = e.alarm_id
            where e.planned_at is null order by e.id limit $1
            """,
            [MostEvents], row => new Event(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5)), stop);
        foreach (var each in events) await MakeAsync(transaction, each, channels, holdDown, stop);
        if (events.Count > 0) await WithholdAsync(transaction, stop);
        await transaction.CommitAsync(stop);
        return events.Count;
    }

    private static async Task MakeAsync(DatabaseTransaction transaction, Event told, IReadOnlyList<ChannelTerms> channels, TimeSpan holdDown, CancellationToken stop)
    {
        var severity = AlarmRows.Severity(told.Severity);
        string[] listeners = [.. channels.Where(channel => channel.Minimum <= severity && !(told.Kind == NoticeStore.ChannelDown && told.Subject == channel.Name)).Select(channel => channel.Name)];
        await transaction.Connection.ExecuteAsync(
            """
            insert into alarm_notice (event_id, alarm_id, channel, held, due_at)
            select $1, $2, channel, coalesce(quiet.until > now(), false), greatest(now(), quiet.until)
            from unnest($3::text[]) as listener (channel)
            cross join lateral (
              select max(coalesce(n.settled_at, n.created_at)) + $4::interval as until
              from alarm_notice n join alarm_event e on e.id = n.event_id join alarm a on a.id = n.alarm_id
              where $5 in ('raised', 'escalated') and n.channel = listener.channel and (n.settled_at > now() - $4::interval or n.state = 'due')
                and (n.state in ('sent', 'failed') or n.state = 'due' and not n.held)
                and e.what in ('raised', 'escalated') and a.kind = $6 and a.subject = $7 and (e.severity = 'critical' or $8 = 'warning')) quiet
            on conflict (event_id, channel) do nothing
            """,
            [told.Id, told.Alarm, listeners, holdDown, told.What, told.Kind, told.Subject, told.Severity], stop);
        await transaction.Connection.ExecuteAsync("update alarm_event set planned_at = now() where id = $1", [told.Id], stop);
    }

    // What was held and is over is not told at all; nor is the end of what was never told.
    private static async Task WithholdAsync(DatabaseTransaction transaction, CancellationToken stop)
    {
        await transaction.Connection.ExecuteAsync(
            """
            update alarm_notice n set state = 'withheld', settled_at = now(), because = 'it comes and goes, was told shortly before, and was over again before it was due to be told once more'
            from alarm_event e, alarm a
            where e.id = n.event_id and a.id = n.alarm_id and n.state = 'due' and n.held and n.attempts = 0 and a.cleared_at is not null
            """,
            [], stop);
        await transaction.Connection.ExecuteAsync(
            """
            update alarm_notice n set state = 'withheld', settled_at = now(), because = 'that it was raised has not been told here'
            from alarm_event e
            where e.id = n.event_id and e.what = 'cleared' and n.state = 'due' and n.attempts = 0 and not exists (
              select 1 from alarm_notice earlier
              where earlier.alarm_id = n.alarm_id and earlier.channel = n.channel and earlier.event_id < n.event_id and earlier.state in ('due', 'sent', 'failed'))
            """,
            [], stop);
    }

    private sealed record Event(long Id, long Alarm, string What, string Severity, string Kind, string Subject);
}
