using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Spectre.Console;
using TriageWorker.Store;

namespace TriageWorker.Host;

/// <summary>
/// The configured database for a verb that looks at it: the site's own server, the embedded one of a product that runs, or,
/// when none runs, the embedded one started for as long as the verb takes. Nothing is made and nothing is migrated.
/// </summary>
public sealed class VerbDatabase : IAsyncDisposable
{
    private readonly EmbeddedPostgres? _server;

    private VerbDatabase(string connectionString, EmbeddedPostgres? server)
    {
        _server = server;
        Database = new Database(NpgsqlDataSource.Create(Parse(connectionString)), new OutboxSignal());
    }

    public Database Database { get; }

    /// <summary>Runs a verb's work on it.</summary>
    /// <exception cref="UserFault">The database is not there, does not answer, or has another schema; the message says which.</exception>
    public static async Task<int> UseAsync(IAnsiConsole console, IConfiguration settings, Func<Database, Task<int>> work, CancellationToken stop)
    {
        var options = settings.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new DatabaseOptions();
        try
        {
            await using var opened = await OpenAsync(console, options, stop);
            return await work(opened.Database);
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
        {
            throw new UserFault($"The database has not the schema of this version ({fault.MessageText}): run triage migrate.", fault);
        }
        catch (Exception fault) when (fault is NpgsqlException or EmbeddedPostgresException)
        {
            throw new UserFault($"The database cannot be used: {Said(fault)} See Database:ConnectionString in triage config.", fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    private static async Task<VerbDatabase> OpenAsync(IAnsiConsole console, DatabaseOptions options, CancellationToken stop)
    {
        if (!string.IsNullOrWhiteSpace(options.ConnectionString)) return new VerbDatabase(options.ConnectionString, server: null);
        if (await RunningServer.FindAsync(options.Embedded, stop) is { } running) return new VerbDatabase(running, server: null);
        if (!await RunningServer.HasDataAsync(options.Embedded, stop))
            throw new UserFault($"There is no database in {Path.GetFullPath(options.Embedded.Data)} yet: the product has not run here. Name its settings with --config.");
        var server = new EmbeddedPostgres(Options.Create(options), TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);
        try
        {
            return new VerbDatabase(await server.StartAsync(new ConsoleProgress(console), stop), server);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "triage verb" };
        }
        catch (ArgumentException fault)
        {
            throw new UserFault($"{DatabaseOptions.Section}:{nameof(DatabaseOptions.ConnectionString)} is no connection string: {fault.Message}", fault);
        }
    }

    private static string Said(Exception fault) => fault.Message.TrimEnd('.') + ".";
}
