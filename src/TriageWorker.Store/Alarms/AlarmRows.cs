using System.Text.Json.Nodes;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>Raises and clears alarms inside the transaction of what they tell. One kind and subject has one open row.</summary>
/// <remarks>The event that people are told of stands in the same transaction; see <see cref="NoticeStore"/>.</remarks>
public static class AlarmRows
{
    internal const string Columns = "id, kind, subject, severity, sentence, raised_at, last_seen_at, times, cleared_at, cleared_because";

    /// <summary>Raises it, or counts on where it is open. Only the raising, and that it became critical, stand in the ledger.</summary>
    /// <returns>True when it was not open before.</returns>
    public static async Task<bool> SetAsync(DatabaseTransaction transaction, NodeName node, Alarm alarm, CancellationToken stop)
    {
        // The count at which it became critical tells exactly one caller that it was this call which made it so.
        var (id, isNew, isWorse) = await transaction.Connection.FirstAsync(
            """
            with told as (
              insert into alarm (kind, subject, severity, sentence, critical_from) values ($1, $2, $3, $4, case $3::text when 'critical' then 1 end)
              on conflict (kind, subject) where cleared_at is null do update set
                times = alarm.times + 1, last_seen_at = clock_timestamp(), sentence = excluded.sentence,
                severity = case when 'critical' in (alarm.severity, excluded.severity) then 'critical' else 'warning' end,
                critical_from = coalesce(alarm.critical_from, case excluded.severity when 'critical' then alarm.times + 1 end),
                told_at = case when alarm.critical_from is null and excluded.severity = 'critical' then clock_timestamp() else alarm.told_at end
              returning id, severity, sentence, times, times = 1 as is_new, times > 1 and critical_from = times as is_worse),
            event as (
              insert into alarm_event (alarm_id, what, severity, sentence, times)
              select id, case when is_new then 'raised' else 'escalated' end, severity, sentence, times from told where is_new or is_worse)
            select id, is_new, coalesce(is_worse, false) from told
            """,
            [alarm.Kind, StoredText.Clean(alarm.Subject), Column(alarm.Severity), StoredText.Clean(alarm.Sentence)],
            row => (row.GetInt64(0), row.GetBoolean(1), row.GetBoolean(2)), stop);
        if (!isNew && !isWorse) return false;
        await AuditLedger.AppendAsync(transaction, new(node.Value, isNew ? "alarm.raised" : "alarm.escalated", Detail: new JsonObject
        {
            ["alarm"] = id,
            ["kind"] = alarm.Kind,
            ["subject"] = alarm.Subject,
            ["severity"] = Column(alarm.Severity),
        }), stop);
        if (isNew) transaction.AfterCommit(() => AlarmTelemetry.Raised(alarm.Kind, alarm.Severity));
        return isNew;
    }

    /// <summary>Ends it, when it is open.</summary>
    /// <returns>True when it was.</returns>
    public static async Task<bool> ClearAsync(
        DatabaseTransaction transaction, NodeName node, string kind, string subject, string because, CancellationToken stop)
    {
        var cleared = await transaction.Connection.FirstAsync(
            """
            with over as (
              update alarm set cleared_at = clock_timestamp(), cleared_because = $3 where kind = $1 and subject = $2 and cleared_at is null
              returning id, severity, sentence, times),
            event as (insert into alarm_event (alarm_id, what, severity, sentence, times) select id, 'cleared', severity, sentence, times from over)
            select id, severity from over
            """,
            [kind, StoredText.Clean(subject), StoredText.Clean(because)], row => new { Id = row.GetInt64(0), Severity = Severity(row.GetString(1)) }, stop);
        if (cleared is null) return false;
        await AuditLedger.AppendAsync(transaction, new(node.Value, "alarm.cleared", Detail: new JsonObject
        {
            ["alarm"] = cleared.Id,
            ["kind"] = kind,
            ["subject"] = subject,
            ["because"] = because,
        }), stop);
        transaction.AfterCommit(() => AlarmTelemetry.Cleared(kind, cleared.Severity));
        return true;
    }

    internal static AlarmRow Read(NpgsqlDataReader row) => new(row.GetInt64(0),
        new Alarm(row.GetString(1), row.GetString(2), Severity(row.GetString(3)), row.GetString(4)),
        row.Time(5), row.Time(6), row.GetInt32(7), row.TimeOrNull(8), row.TextOrNull(9));

    internal static AlarmSeverity Severity(string column) => column == "critical" ? AlarmSeverity.Critical : AlarmSeverity.Warning;

    internal static string Column(AlarmSeverity severity) => severity == AlarmSeverity.Critical ? "critical" : "warning";
}
