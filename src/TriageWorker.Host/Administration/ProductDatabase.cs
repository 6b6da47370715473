using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Spectre.Console;
using TriageWorker.Store;

namespace TriageWorker.Host.Administration;

/// <summary>
/// The stores over the product's database, for verbs: the site's own server, or the embedded one of a product that runs, which is
/// never taken over. Nothing is made and nothing is migrated.
/// </summary>
public sealed class ProductDatabase : IAsyncDisposable
{
    private const int Connections = 4, ConnectWithinSeconds = 15;
    private readonly ServiceProvider _services;
    private readonly EmbeddedPostgres? _server;

    private ProductDatabase(IConfiguration settings, string connectionString, EmbeddedPostgres? server)
    {
        var source = NpgsqlDataSource.Create(Restrained(connectionString));
        _server = server;
        _services = new ServiceCollection().AddLogging().AddSingleton(settings)
            .AddSingleton(provider => new Database(source, provider.GetRequiredService<OutboxSignal>())).AddStore(settings).BuildServiceProvider();
    }

    /// <summary>A store or anything else that <c>AddStore</c> registers.</summary>
    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <param name="starting">Given: an embedded database that does not run is started until this is disposed, and told of here. Null: that is a fault.</param>
    /// <exception cref="UserFault">The database does not run, does not answer, or has another schema; the message says what to do.</exception>
    public static async Task<ProductDatabase> OpenAsync(IConfiguration settings, IProgress<string>? starting, CancellationToken stop)
    {
        try
        {
            var opened = await ReachAsync(settings, starting, stop);
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

    /// <summary>Runs a verb's work on it; an embedded database that does not run is started for as long as that takes.</summary>
    /// <exception cref="UserFault">As <see cref="OpenAsync"/>, or it went away meanwhile.</exception>
    public static async Task<int> UseAsync(IAnsiConsole console, IConfiguration settings, Func<Database, Task<int>> work, CancellationToken stop)
    {
        await using var opened = await OpenAsync(settings, new ConsoleProgress(console), stop);
        try
        {
            return await work(opened.Get<Database>());
        }
        catch (NpgsqlException fault)
        {
            throw new UserFault(Sentence(fault), fault);
        }
    }

    /// <summary>What to tell somebody whose database cannot be asked.</summary>
    public static string Sentence(Exception fault) => fault is EmbeddedPostgresException ? fault.Message : $"The database does not answer: {fault.Message}";

    /// <summary>Few connections, and not long in being refused: the product needs the others.</summary>
    public static string Restrained(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = Connections, Timeout = ConnectWithinSeconds, ApplicationName = "triage" }.ConnectionString;
        }
        catch (ArgumentException fault)
        {
            throw new UserFault($"{DatabaseOptions.Section}:{nameof(DatabaseOptions.ConnectionString)} is no connection string: {fault.Message}", fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    private static async Task<ProductDatabase> ReachAsync(IConfiguration settings, IProgress<string>? starting, CancellationToken stop)
    {
        var options = settings.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new DatabaseOptions();
        if (!string.IsNullOrWhiteSpace(options.ConnectionString)) return new ProductDatabase(settings, options.ConnectionString, server: null);
        try
        {
            return new ProductDatabase(settings, (await RunningServer.FindAsync(options.Embedded, stop)).ConnectionString, server: null);
        }
        catch (EmbeddedPostgresException) when (starting is not null)
        {
            if (!await RunningServer.HasDataAsync(options.Embedded, stop)) throw;
        }

        var server = new EmbeddedPostgres(Options.Create(options), TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);
        try
        {
            return new ProductDatabase(settings, await server.StartAsync(starting, stop), server);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
