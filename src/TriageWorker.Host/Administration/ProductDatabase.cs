using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Host.Administration;

/// <summary>The stores over the database of a product that runs, for verbs that look. Nothing is started, migrated or taken over.</summary>
public sealed class ProductDatabase : IAsyncDisposable
{
    private const int Connections = 4, ConnectWithinSeconds = 15;
    private readonly ServiceProvider _services;

    private ProductDatabase(ServiceProvider services) => _services = services;

    /// <summary>A store or anything else that <c>AddStore</c> registers.</summary>
    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <exception cref="UserFault">The database does not run, does not answer, or has another schema; the message says what to do.</exception>
    public static async Task<ProductDatabase> OpenAsync(IConfiguration settings, CancellationToken stop)
    {
        try
        {
            var source = NpgsqlDataSource.Create(Restrained(await ConnectionStringAsync(settings, stop)));
            var services = new ServiceCollection().AddLogging().AddSingleton(settings)
                .AddSingleton(provider => new Database(source, provider.GetRequiredService<OutboxSignal>())).AddStore(settings).BuildServiceProvider();
            var opened = new ProductDatabase(services);
            try
            {
                await using var connection = await opened.Get<Database>().OpenAsync(stop);
                return (await SchemaState.ReadAsync(connection, stop)).Fault is { } fault ? throw new UserFault(fault) : opened;
            }
            catch
            {
                await opened.DisposeAsync();
                throw;
            }
        }
        catch (Exception fault) when (fault is NpgsqlException or EmbeddedPostgresException)
        {
            throw new UserFault(Sentence(fault), fault);
        }
    }

    /// <summary>What to tell somebody whose database cannot be asked.</summary>
    public static string Sentence(Exception fault) => fault is EmbeddedPostgresException ? fault.Message : $"The database does not answer: {fault.Message}";

    /// <summary>The site's own server as it is set, or the embedded one where it runs.</summary>
    /// <exception cref="EmbeddedPostgresException">The embedded one does not run, or may not be reached.</exception>
    public static async Task<string> ConnectionStringAsync(IConfiguration settings, CancellationToken stop)
    {
        var options = settings.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new DatabaseOptions();
        return string.IsNullOrWhiteSpace(options.ConnectionString) ? (await RunningServer.FindAsync(options.Embedded, stop)).ConnectionString : options.ConnectionString;
    }

    /// <summary>Few connections, and not long in being refused: the product needs the others.</summary>
    public static string Restrained(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        MaxPoolSize = Connections,
        Timeout = ConnectWithinSeconds,
        ApplicationName = "triage",
    }.ConnectionString;

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
