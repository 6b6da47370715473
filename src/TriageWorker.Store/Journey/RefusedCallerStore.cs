namespace TriageWorker.Store;

/// <summary>A caller that was not let in. Titles and addresses are as it said them.</summary>
/// <param name="Because">What it was told on the wire.</param>
public sealed record RefusedCaller(string CallingAe, string CalledAe, string PeerAddress, string Because, DateTimeOffset FirstAt, DateTimeOffset LastAt, long Times);

/// <summary>Who was refused lately. The same caller for the same reason is one row; what is older than a month, or beyond the newest thousand, goes.</summary>
public sealed class RefusedCallerStore(Database database)
{
    private const int Most = 1000;
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(30);

    public async Task AddAsync(string callingAe, string calledAe, string peerAddress, string because, long times, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(
            """
            insert into refused_caller (calling_ae, called_ae, peer_address, because, times) values ($1, $2, $3, $4, $5)
            on conflict (calling_ae, called_ae, peer_address, because) do update set times = refused_caller.times + excluded.times, last_at = clock_timestamp()
            """,
            [StoredText.Clean(callingAe), StoredText.Clean(calledAe), peerAddress, because, times], stop);
    }

    /// <summary>Whoever can reach the port can be refused under any number of titles: the table must not grow with them.</summary>
    public async Task TrimAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(
            """
            delete from refused_caller where last_at < clock_timestamp() - $1
              or last_at < (select last_at from refused_caller order by last_at desc offset $2 limit 1)
            """,
            [KeepFor, Most], stop);
    }

    /// <summary>The newest first.</summary>
    public async Task<List<RefusedCaller>> NewestAsync(TimeSpan within, int most, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            select calling_ae, called_ae, peer_address, because, first_at, last_at, times from refused_caller
            where last_at >= clock_timestamp() - $1 order by last_at desc limit $2
            """,
            [within, most],
            row => new RefusedCaller(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Time(4), row.Time(5), row.GetInt64(6)), stop);
    }
}
