using Npgsql;

namespace TriageWorker.Store;

/// <summary>Brings a database to the schema of this version, each step in its own transaction, one runner at a time.</summary>
public sealed class MigrationRunner(NpgsqlDataSource source, IReadOnlyList<Migration> migrations)
{
    private const long LockKey = 0x7472696167_65; // "triage": every runner of this product waits for the same lock
    private const int OldestServer = 15;

    public MigrationRunner(NpgsqlDataSource source) : this(source, Migration.Shipped)
    {
    }

    /// <returns>The steps that were applied now.</returns>
    /// <exception cref="MigrationException">The server is too old, an applied step was changed, or the database is newer than the product.</exception>
    public async Task<IReadOnlyList<Migration>> RunAsync(CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        if (connection.PostgreSqlVersion.Major < OldestServer)
            throw new MigrationException($"PostgreSQL {connection.PostgreSqlVersion} is too old: version {OldestServer} or newer is needed.");
        await connection.ExecuteAsync("select pg_advisory_lock($1)", [LockKey], stop);
        try
        {
            await connection.ExecuteAsync(
                """
                create table if not exists schema_migration (
                  number integer primary key, name text not null, checksum bytea not null, applied_at timestamptz not null default clock_timestamp())
                """, [], stop);
            var applied = (await connection.ListAsync("select number, name, checksum from schema_migration", [],
                row => new { Number = row.GetInt32(0), Name = row.GetString(1), Checksum = row.GetFieldValue<byte[]>(2) }, stop)).ToDictionary(row => row.Number);
            foreach (var row in applied.Values.OrderBy(row => row.Number))
            {
                var migration = migrations.FirstOrDefault(known => known.Number == row.Number)
                    ?? throw new MigrationException($"The database has migration {row.Name}, which this version does not know: start the version that made it, or a newer one.");
                if (!migration.Checksum.AsSpan().SequenceEqual(row.Checksum))
                    throw new MigrationException($"Migration {migration.Name} was changed after it was applied to this database: put the change into a new migration.");
            }

            var pending = migrations.Where(migration => !applied.ContainsKey(migration.Number)).OrderBy(migration => migration.Number).ToArray();
            foreach (var migration in pending) await ApplyAsync(connection, migration, stop);
            return pending;
        }
        finally
        {
            await UnlockAsync(connection);
        }
    }

    // Under no token: a cancelled run must still give the lock back before the connection returns to the pool.
    private static async Task UnlockAsync(NpgsqlConnection connection)
    {
        try
        {
            await connection.ExecuteAsync("select pg_advisory_unlock($1)", [LockKey], CancellationToken.None);
        }
        catch (Exception gone) when (gone is NpgsqlException or InvalidOperationException)
        {
            // The connection broke, which gives the lock back too; what broke it is on its way to the caller.
        }
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken stop)
    {
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.ExecuteAsync(migration.Text, [], stop);
        await connection.ExecuteAsync("insert into schema_migration (number, name, checksum) values ($1, $2, $3)",
            [migration.Number, migration.Name, migration.Checksum], stop);
        await transaction.CommitAsync(stop);
    }
}
