namespace TriageWorker.Store;

/// <summary>Who this installation is: drawn with its database, and the same for all its processes and for good.</summary>
public sealed class InstallationStore(Database database)
{
    public async Task<string> SerialNumberAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync("select serial_number from installation", [], row => row.GetString(0), stop)
            ?? throw new InvalidOperationException("The database does not say which installation it is.");
    }
}
