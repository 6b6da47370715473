using TriageWorker.Host.Administration;
using TriageWorker.Store;

namespace TriageWorker.Host.Doctor;

/// <summary>What the product itself has raised and nobody has mended.</summary>
internal sealed class AlarmsCheck(DatabaseDoor door, SiteTimes times) : Check("alarms")
{
    public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
    {
        if (await door.TryOpenLaidAsync() is not { } database) return [];
        var open = await new AlarmStore(database, NodeName.OfThisProcess).OpenAsync(stop);
        return open.Count == 0 ? [Ok("No alarm is open.")] : [.. open.Select(Of)];
    }

    private Diagnosis Of(AlarmRow row)
    {
        var what = $"{row.Alarm.Kind}{(row.Alarm.Subject.Length > 0 ? $" ({row.Alarm.Subject})" : "")} since {times.Text(row.RaisedAt)}, {(row.Times == 1 ? "told once" : $"told {row.Times} times")}: {row.Alarm.Sentence}";
        const string ToDo = "The sentence says what; it clears by itself when that is over.";
        return row.Alarm.Severity == AlarmSeverity.Critical ? Fault(what, ToDo) : Warning(what, ToDo);
    }
}
