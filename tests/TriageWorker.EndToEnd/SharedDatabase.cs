using Npgsql;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>A database and a spool for several processes, and SQL to look.</summary>
internal sealed class SharedDatabase : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly TemporaryFolder _folder = new();
    private readonly NpgsqlDataSource _source;

    private SharedDatabase(string connectionString)
    {
        _source = NpgsqlDataSource.Create(connectionString);
        Settings =
        [
            ("Database:ConnectionString", connectionString), ("Spool:Folder", Directory.CreateDirectory(_folder.At("spool")).FullName),
            ("Intake:Port", "0"), ("Intake:IdleTime", "00:00:01"), ("Web:Port", "0"), ("Operations:Port", "0"), ("Audit:HeadFile", _folder.At("audit-heads.jsonl")),
        ];
    }

    /// <summary>What every process is started with.</summary>
    public (string Key, string Value)[] Settings { get; }

    public static async Task<SharedDatabase> CreateAsync(PostgresServer server) => new(await server.CreateDatabaseAsync());

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ReadAsync<T>(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Until a condition holds.</summary>
    /// <param name="log">Told when it does not.</param>
    public async Task UntilAsync(string condition, Func<string> log)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await ReadAsync<bool>($"select {condition}"))
        {
            if (patience.IsCancellationRequested) throw new TimeoutException($"It was never so that {condition}. The log says:\n{log()}");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _folder.Dispose();
    }
}
