using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>
/// Brings the database up: the embedded server before anything else starts, a site's own in the background, for as long
/// as it takes (intake goes on without it). Stopped last, after all who use it.
/// </summary>
public sealed partial class DatabaseStartup(
    Database database, UidHash uids, EmbeddedPostgres server, IOptions<DatabaseOptions> options, TimeProvider clock, IHostApplicationLifetime host, ILogger<DatabaseStartup> log) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Told what is going on while the embedded server is made or started.</summary>
    public IProgress<string>? Progress { get; set; }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(options.Value.ConnectionString))
            await UseAsync(await server.StartAsync(Progress, cancellationToken), cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await database.DisposeAsync();
        await server.StopAsync();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        database.IsReady ? server.WatchAsync(stoppingToken) : KeepTryingAsync(stoppingToken);

    private async Task KeepTryingAsync(CancellationToken stoppingToken)
    {
        var away = false;
        while (!database.IsReady)
        {
            try
            {
                await UseAsync(options.Value.ConnectionString!, stoppingToken);
                if (away) LogThere();
            }
            catch (MigrationException error)
            {
                LogUnfit(error.Message);
                host.StopApplication();
                return;
            }
            catch (NpgsqlException error)
            {
                if (!away) LogAway(error.Message);
                away = true;
                await Task.Delay(Patience, clock, stoppingToken);
            }
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, clock, stoppingToken); // a loop that ends is taken for dead
    }

    private async Task UseAsync(string connectionString, CancellationToken stop)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxPoolSize = options.Value.MaxConnections,
            ApplicationName = "triage",
        };
        var source = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
        try
        {
            var applied = await new MigrationRunner(source).RunAsync(stop);
            if (applied.Count > 0) LogMigrated(applied.Count, applied[^1].Name);
            uids.Use(await InstallationStore.UidKeyAsync(source, stop));
            database.BecomeReady(source);
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    [LoggerMessage(3010, LogLevel.Information, "Database schema brought up to {Name} ({Count} steps)")]
    private partial void LogMigrated(int count, string name);

    [LoggerMessage(3011, LogLevel.Warning, "Database is away; work that needs it waits: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(3013, LogLevel.Information, "Database is there; work that waited for it begins")]
    private partial void LogThere();

    [LoggerMessage(3012, LogLevel.Critical, "Database does not fit this version, stopping: {Reason}")]
    private partial void LogUnfit(string reason);
}
