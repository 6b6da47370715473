using TriageWorker.Host.Administration;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Host.Doctor;

/// <summary>Nothing that is due waits for long.</summary>
internal sealed class DueWorkCheck(DatabaseDoor door, SiteTimes times) : Check("work")
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5), FarTooLong = TimeSpan.FromHours(1);

    public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
    {
        if (await door.TryOpenLaidAsync() is not { } database) return [];
        await using var connection = await database.OpenAsync(stop);
        var found = new List<Diagnosis>();
        foreach (var stage in Enum.GetValues<Stage>())
        {
            var due = await connection.FirstAsync(
                "select count(*)::integer, min(due_at), clock_timestamp() from work where stage = $1 and state = 'due' and due_at <= now() and urgency <= now()", [stage.Column()],
                row => new { Rows = row.GetInt32(0), Oldest = row.TimeOrNull(1), Now = row.Time(2) }, stop);
            if (due is not { Oldest: { } oldest } || due.Now - oldest <= Long) continue;
            var what = $"{(due.Rows == 1 ? "One row" : $"{due.Rows} rows")} of {stage.Column()} {(due.Rows == 1 ? "is" : "are")} due, the oldest since {times.Text(oldest)}.";
            const string ToDo = "See under processes whether anybody works on it; triage study says for one study what holds it up.";
            found.Add(due.Now - oldest > FarTooLong ? Fault(what, ToDo) : Warning(what, ToDo));
        }
        return found.Count > 0 ? found : [Ok("Nothing has been due for longer than 5 minutes.")];
    }
}
