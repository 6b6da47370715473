using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>Ready: the database answers, and its schema is the one this version was made for.</summary>
public sealed class DatabaseHealth(Database database, TimeProvider clock) : IHealthCheck
{
    public const string Name = "database";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly int s_newest = Migration.Shipped.Max(migration => migration.Number);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var deadline = new CancellationTokenSource(Patience, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await using var connection = await database.OpenAsync(any.Token);
            var schema = await connection.FirstAsync("select coalesce(max(number), 0) from schema_migration", [], row => row.GetInt32(0), any.Token);
            return schema == s_newest ? HealthCheckResult.Healthy($"PostgreSQL {connection.PostgreSqlVersion} answers, schema {schema}.")
                : schema > s_newest ? HealthCheckResult.Degraded($"The schema is {schema}, newer than this version's {s_newest}: it goes on, but will not start again. Update it.")
                : Unfit(context, $"The schema is {schema}, this version needs {s_newest}: start the process again, it brings the schema up to date.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unfit(context, database.IsReady
                ? $"The database does not answer within {Patience.TotalSeconds:0} s; work that needs it waits."
                : "The database has not been reached since this process started; work that needs it waits. The log says why.");
        }
        catch (NpgsqlException away)
        {
            return Unfit(context, $"The database does not answer; work that needs it waits: {away.Message}");
        }
    }

    private static HealthCheckResult Unfit(HealthCheckContext context, string because) => new(context.Registration.FailureStatus, because);
}
