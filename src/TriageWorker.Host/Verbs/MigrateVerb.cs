using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Spectre.Console;
using TriageWorker.Host.Settings;
using TriageWorker.Store;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage migrate</c>: brings the configured database to this version's schema. <c>run</c> does the same when it starts.</summary>
public static class MigrateVerb
{
    public static Command Create(IAnsiConsole console)
    {
        var file = SettingsOption.Create();
        var command = new Command("migrate", "Bring the database to this version's schema and say which steps were applied.") { file };
        command.SetAction((parsed, stop) => RunAsync(console, EffectiveSettings.Load(parsed.GetValue(file)), stop));
        return command;
    }

    private static async Task<int> RunAsync(IAnsiConsole console, IConfiguration settings, CancellationToken stop)
    {
        var options = settings.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new DatabaseOptions();
        try
        {
            if (!string.IsNullOrWhiteSpace(options.ConnectionString)) return await ApplyAsync(console, options.ConnectionString, stop);
            await using var server = new EmbeddedPostgres(Options.Create(options), TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);
            return await ApplyAsync(console, await server.StartAsync(new ConsoleProgress(console), stop), stop);
        }
        catch (Exception fault) when (fault is NpgsqlException or MigrationException or EmbeddedPostgresException)
        {
            throw new UserFault($"The database was not migrated: {fault.Message}", fault);
        }
    }

    private static async Task<int> ApplyAsync(IAnsiConsole console, string connectionString, CancellationToken stop)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        var applied = await new MigrationRunner(source).RunAsync(stop);
        foreach (var migration in applied) console.WriteLine($"applied {migration.Name}");
        console.WriteLine(applied.Count == 0 ? $"The schema is up to date ({Migration.Shipped[^1].Name})." : $"The schema is now at {applied[^1].Name}.");
        return ExitCode.Done;
    }
}
