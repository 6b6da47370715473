using Npgsql;

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

    /// <summary>What keys <see cref="UidHash"/>.</summary>
    internal static async Task<byte[]> UidKeyAsync(NpgsqlDataSource source, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        return await connection.FirstAsync("select uid_key from installation", [], row => row.GetFieldValue<byte[]>(0), stop)
            ?? throw new MigrationException("The database has no row in installation: it was restored in part. Restore it whole.");
    }
}
