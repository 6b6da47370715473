using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TriageWorker.Store;
using Xunit;

namespace TriageWorker.Testing;

/// <summary>
/// A database of its own for one test class (<c>IClassFixture&lt;PostgresFixture&gt;</c>) on the assembly's
/// <see cref="PostgresServer"/>, with the stores over it.
/// </summary>
public class PostgresFixture(PostgresServer server) : IAsyncLifetime
{
    private ServiceProvider? _services;

    public string ConnectionString { get; private set; } = "";

    public Database Database => Get<Database>();

    /// <summary>A store or anything else that <c>AddStores</c> registers.</summary>
    public T Get<T>() where T : notnull => (_services ?? throw new InvalidOperationException("The fixture has not started.")).GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await server.CreateDatabaseAsync();
        var services = new ServiceCollection();
        AddTo(services);
        services.AddStores();
        services.AddOptions();
        _services = services.BuildServiceProvider();
    }

    /// <summary>Registers this database where a host is composed in a test, instead of <c>AddStore</c>'s server.</summary>
    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(NodeName.OfThisProcess);
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton(provider => new Database(NpgsqlDataSource.Create(ConnectionString), provider.GetRequiredService<OutboxSignal>()));
    }

    /// <summary>Settings that point <c>AddStore</c> to this database.</summary>
    public IConfiguration Configuration(params (string Key, string Value)[] more) => new ConfigurationBuilder()
        .AddInMemoryCollection([new("Database:ConnectionString", ConnectionString), .. more.Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value))])
        .Build();

    public async ValueTask DisposeAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
