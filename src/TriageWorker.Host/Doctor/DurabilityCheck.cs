using TriageWorker.Store;

namespace TriageWorker.Host.Doctor;

/// <summary>What the database has committed, it keeps: a result that vanishes is a study that nobody misses.</summary>
internal sealed class DurabilityCheck(DatabaseDoor door) : Check("database safety")
{
    public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
    {
        if (await door.TryOpenAsync() is not { } open) return [];
        await using var connection = await open.Database.OpenAsync(stop);
        var found = new List<Diagnosis>();
        // As they are in a session of the product: a role or a database may have its own.
        foreach (var setting in (string[])["fsync", "full_page_writes", "synchronous_commit"])
        {
            var value = await connection.FirstAsync("select current_setting($1)", [setting], row => row.GetString(0), stop);
            if (value == "off") found.Add(Fault($"{setting} is off: the database may lose what it has committed.", $"Set {setting} = on in postgresql.conf, and look for alter role or alter database that set it."));
        }
        return found.Count > 0 ? found : [Ok("fsync, full_page_writes and synchronous_commit are on.")];
    }
}
