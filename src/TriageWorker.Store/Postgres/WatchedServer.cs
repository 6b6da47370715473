using Microsoft.Extensions.Options;

namespace TriageWorker.Store;

/// <summary>The embedded server, watched: one that died is started again by itself, and somebody should know why it did.</summary>
public sealed class WatchedServer(EmbeddedPostgres server, IOptions<DatabaseOptions> options, TimeProvider clock) : IWatched
{
    public const string Died = "database.died";

    /// <summary>Without dying again for so long, it is well.</summary>
    private static readonly TimeSpan Steady = TimeSpan.FromMinutes(10);

    public ValueTask<IReadOnlyList<Watched>> LookAsync(CancellationToken stop) =>
        ValueTask.FromResult<IReadOnlyList<Watched>>(string.IsNullOrWhiteSpace(options.Value.ConnectionString) ? [Look()] : []);

    private Watched Look()
    {
        const string over = "The embedded database has run for a while without dying.";
        return server.Deaths is var deaths and > 0 && clock.GetElapsedTime(server.LastDeath) < Steady
            ? Watched.Troubled(new(Died, Environment.MachineName, AlarmSeverity.Critical,
                $"The embedded database died and was started again ({deaths} {(deaths == 1 ? "time" : "times")} since this process started). The end of its log is in this process's log; memory and disk are the usual reasons."), over)
            : Watched.Well(Died, Environment.MachineName, over);
    }
}
