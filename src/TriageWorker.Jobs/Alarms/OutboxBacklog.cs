using TriageWorker.Store;

namespace TriageWorker.Jobs;

/// <summary>Wake-up tokens that nobody sends on: the broker is away. Work goes on by looking, so it is slower and not lost.</summary>
internal sealed class OutboxBacklog(Database database) : IWatched
{
    public const string Kind = "broker.away";

    private const string Over = "Tokens are confirmed again.";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    public async ValueTask<IReadOnlyList<Watched>> LookAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        // The lowest ids are the oldest, but for what transactions that took long committed late.
        var (waits, since) = await connection.FirstAsync(
            "select count(*), min(created_at) from (select created_at from outbox order by id limit 1000) oldest where created_at < now() - $1",
            [Longest], row => (row.GetInt64(0), row.TimeOrNull(1)), stop);
        return [waits > 0
            ? Watched.Troubled(new(Kind, "", AlarmSeverity.Warning,
                $"{(waits == 1000 ? "1000 or more" : waits)} wake-up tokens wait for the broker, the oldest since {since?.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC. " +
                "Studies are worked on all the same, found by looking. See whether RabbitMQ runs and can be reached (Bus:Uri)."), Over)
            : Watched.Well(Kind, "", Over)];
    }
}
