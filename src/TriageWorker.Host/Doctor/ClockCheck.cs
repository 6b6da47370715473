using System.Globalization;
using TriageWorker.Store;

namespace TriageWorker.Host.Doctor;

/// <summary>This machine's clock and the database's say the same.</summary>
internal sealed class ClockCheck(DatabaseDoor door, TimeProvider clock) : Check("clock")
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(1), Absurd = TimeSpan.FromMinutes(1);

    public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
    {
        if (await door.TryOpenAsync() is not { } open) return [];
        await using var connection = await open.Database.OpenAsync(stop);
        var before = clock.GetUtcNow();
        var theirs = await connection.FirstAsync("select clock_timestamp()", [], row => row.Time(0), stop);
        var after = clock.GetUtcNow();
        var (ahead, uncertainty) = (before + (after - before) / 2 - theirs, (after - before) / 2);
        var what = string.Create(CultureInfo.InvariantCulture,
            $"This machine's clock is {ahead.TotalMilliseconds:+0;-0;0} ms from the database's (± {uncertainty.TotalMilliseconds:0} ms).");
        const string ToDo = "Run a time service (chrony, systemd-timesyncd) on both. Leases are the database's time, but times of receipt and logs are this machine's.";
        return [ahead.Duration() > Absurd ? Fault(what, ToDo) : ahead.Duration() > Tolerated ? Warning(what, ToDo) : Ok(what)];
    }
}
