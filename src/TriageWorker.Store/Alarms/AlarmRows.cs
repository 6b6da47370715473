using System.Text.Json.Nodes;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>Raises and clears alarms inside the transaction of what they tell. One kind and subject has one open row.</summary>
public static class AlarmRows
{
    /// <summary>Raises it, or counts on where it is open. Only the raising stands in the ledger.</summary>
    /// <returns>True when it was not open before.</returns>
    public static async Task<bool> SetAsync(DatabaseTransaction transaction, NodeName node, Alarm alarm, CancellationToken stop)
    {
        var (id, isNew) = await transaction.Connection.FirstAsync(
            """
            insert into alarm (kind, subject, severity, sentence) values ($1, $2, $3, $4)
            on conflict (kind, subject) where cleared_at is null do update set
              times = alarm.times + 1, last_seen_at = clock_timestamp(), sentence = excluded.sentence,
              severity = case when 'critical' in (alarm.severity, excluded.severity) then 'critical' else 'warning' end
            returning id, times = 1
            """,
            [alarm.Kind, StoredText.Clean(alarm.Subject), Column(alarm.Severity), StoredText.Clean(alarm.Sentence)],
            row => (row.GetInt64(0), row.GetBoolean(1)), stop);
        if (!isNew) return false;
        await AuditLedger.AppendAsync(transaction, new(node.Value, "alarm.raised", Detail: new JsonObject
        {
            ["alarm"] = id,
            ["kind"] = alarm.Kind,
            ["subject"] = alarm.Subject,
            ["severity"] = Column(alarm.Severity),
        }), stop);
        return true;
    }

    /// <summary>Ends it, when it is open.</summary>
    /// <returns>True when it was.</returns>
    public static async Task<bool> ClearAsync(
        DatabaseTransaction transaction, NodeName node, string kind, string subject, string because, CancellationToken stop)
    {
        var id = await transaction.Connection.FirstAsync<long?>(
            "update alarm set cleared_at = clock_timestamp(), cleared_because = $3 where kind = $1 and subject = $2 and cleared_at is null returning id",
            [kind, StoredText.Clean(subject), StoredText.Clean(because)], row => row.GetInt64(0), stop);
        if (id is null) return false;
        await AuditLedger.AppendAsync(transaction, new(node.Value, "alarm.cleared", Detail: new JsonObject
        {
            ["alarm"] = id,
            ["kind"] = kind,
            ["subject"] = subject,
            ["because"] = because,
        }), stop);
        return true;
    }

    internal const string Columns = "id, kind, subject, severity, sentence, raised_at, last_seen_at, times, cleared_at, cleared_because";

    internal static AlarmRow Read(NpgsqlDataReader row) => new(row.GetInt64(0),
        new Alarm(row.GetString(1), row.GetString(2), row.GetString(3) == "critical" ? AlarmSeverity.Critical : AlarmSeverity.Warning, row.GetString(4)),
        row.Time(5), row.Time(6), row.GetInt32(7), row.TimeOrNull(8), row.TextOrNull(9));

    private static string Column(AlarmSeverity severity) => severity == AlarmSeverity.Critical ? "critical" : "warning";
}
