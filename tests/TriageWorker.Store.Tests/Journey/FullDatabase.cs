using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests.Journey;

/// <summary>
/// Stores over a database of its own with many studies, which tells the tables that were read from end to end: PostgreSQL itself counts.
/// A single connection does all, so that what it has counted can be flushed.
/// </summary>
internal sealed class FullDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly ServiceProvider _provider;
    private Dictionary<string, long> _before = [];

    private FullDatabase(NpgsqlDataSource source)
    {
        _source = source;
        var services = new ServiceCollection();
        services.AddOptions().AddSingleton(TimeProvider.System).AddSingleton(NodeName.OfThisProcess).AddSingleton<OutboxSignal>();
        services.AddSingleton(provider => new Database(source, provider.GetRequiredService<OutboxSignal>())).AddStores();
        _provider = services.BuildServiceProvider();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="describe">What else the studies need, before anything is counted.</param>
    public static async Task<FullDatabase> MakeAsync(PostgresServer server, int studies, Func<NpgsqlDataSource, Task>? describe = null)
    {
        var full = new FullDatabase(NpgsqlDataSource.Create(await server.CreateDatabaseAsync() + ";MaxPoolSize=1;NoResetOnClose=true"));
        await ManyStudies.MakeAsync(full._source, studies, Stop);
        if (describe is not null) await describe(full._source);
        full._before = await full.ScansAsync();
        full._before["study"].ShouldBeGreaterThan(0, "making them read it, so the counting works");
        return full;
    }

    public T Get<T>() where T : notnull => _provider.GetRequiredService<T>();

    /// <summary>Those of the tables that were read from end to end since it was made.</summary>
    public async Task<IEnumerable<string>> ReadWholeAsync(IEnumerable<string> tables)
    {
        var after = await ScansAsync();
        return tables.Where(table => after[table] != _before[table]);
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        await _source.DisposeAsync();
    }

    private async Task<Dictionary<string, long>> ScansAsync()
    {
        await using var connection = await _source.OpenConnectionAsync(Stop);
        await connection.ExecuteAsync("select pg_stat_force_next_flush()", [], Stop); // what this session has counted
        await connection.ExecuteAsync("select pg_stat_clear_snapshot()", [], Stop);
        return (await connection.ListAsync("select relname, seq_scan from pg_stat_user_tables", [], row => (row.GetString(0), row.GetInt64(1)), Stop)).ToDictionary();
    }
}
