using TriageWorker.Store;

namespace TriageWorker.Web;

/// <summary>Reads alarms from the store and says them in the page's words.</summary>
internal sealed class AlarmReader(AlarmStore alarms, NoticeStore notices)
{
    public const int MostOver = 100;

    public async Task<AlarmsView> ReadAsync(CancellationToken stop)
    {
        var open = await alarms.OpenAsync(stop);
        var over = await alarms.OverAsync(MostOver, stop);
        var told = await notices.OfAsync(open.Concat(over).Select(row => row.Id), stop);
        return new([.. open.Select(Of)], [.. over.Select(Of)]);

        AlarmView Of(AlarmRow row) => new(row.Id, row.Alarm.Kind, row.Alarm.Subject, row.Alarm.Severity, row.Alarm.Sentence, row.RaisedAt, row.LastSeenAt, row.Times, row.ClearedAt,
            row.ClearedBecause, [.. told[row.Id].Select(notice => new NoticeView(notice.What.ToString().ToLowerInvariant(), notice.Channel, notice.State, notice.Attempts, notice.Because, notice.At))]);
    }
}
