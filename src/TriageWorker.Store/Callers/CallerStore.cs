using Npgsql;

namespace TriageWorker.Store;

/// <summary>A caller, and how much of what it sent came in which transfer syntax.</summary>
public sealed record CallerRow(CallerIdentity Who, DateTimeOffset FirstAt, DateTimeOffset LastAt, DateTimeOffset? LastObjectAt, DateTimeOffset? AbortedAt, string? AbortedBecause,
    string? RefusedBecause = null)
{
    /// <summary>Its name, else its title.</summary>
    public string Called => Who.Name ?? Who.Title;
}

/// <param name="Hour">When it began, in UTC.</param>
public sealed record CallerHour(string Title, DateTimeOffset Hour, CallerVolume Volume);

public sealed record CallerSyntax(string Title, string TransferSyntax, long Objects, DateTimeOffset LastAt);

/// <summary>Figures of callers. Titles are made up by whoever calls, so the tables hold the newest few hundred and no more.</summary>
public sealed class CallerStore(Database database)
{
    /// <summary>For how long hours are kept: what a rhythm of weeks is learned from.</summary>
    public static readonly TimeSpan KeepFor = TimeSpan.FromDays(70);

    private const int Most = 500;

    private const string HourColumns = "title, hour, associations, aborted, studies, objects, refused, bytes, starting, receiving, keeping, waiting, waits, late_waits";

    /// <summary>Adds what a listener has seen, callers in order, so that two listeners never wait for each other in a circle.</summary>
    /// <param name="seenAt">The listener's time now: the database's is kept.</param>
    public async Task AddAsync(IEnumerable<CallerNews> news, DateTimeOffset seenAt, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        foreach (var each in news.OrderBy(each => each.Who.Title, StringComparer.Ordinal)) await AddAsync(transaction.Connection, each, seenAt, stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>By title.</summary>
    public async Task<IReadOnlyList<CallerRow>> ListAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            select title, name, peer_address, implementation, secured, pdu_taken, pdu_sent, first_at, last_at, last_object_at, aborted_at, aborted_because, refused_because
            from caller order by title
            """,
            [], row => new CallerRow(new(row.GetString(0), row.TextOrNull(1), row.GetString(2), row.GetString(3), row.GetBoolean(4), (uint)row.GetInt64(5), (uint)row.GetInt64(6)),
                row.Time(7), row.Time(8), row.TimeOrNull(9), row.TimeOrNull(10), row.TextOrNull(11), row.TextOrNull(12)), stop);
    }

    /// <summary>The hours of all callers, or of one, the oldest first. Hours without anything have no row.</summary>
    public async Task<IReadOnlyList<CallerHour>> HoursAsync(string? title, TimeSpan within, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"select {HourColumns} from caller_hour where ($1::text is null or title = $1) and hour > clock_timestamp() - $2 order by hour, title",
            [StoredText.Clean(title), within], ReadHour, stop);
    }

    public async Task<IReadOnlyList<CallerSyntax>> SyntaxesAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync("select title, transfer_syntax, objects, last_at from caller_syntax order by title, objects desc", [],
            row => new CallerSyntax(row.GetString(0), row.GetString(1), row.GetInt64(2), row.Time(3)), stop);
    }

    /// <summary>The database's time, which all of this is in.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync("select clock_timestamp()", [], row => row.Time(0), stop);
    }

    /// <summary>Forgets what is too old, and callers beyond the newest few hundred.</summary>
    public async Task TrimAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync("delete from caller where last_at < clock_timestamp() - $1 or last_at <= (select last_at from caller order by last_at desc offset $2 limit 1)",
            [KeepFor, Most], stop);
        await connection.ExecuteAsync("delete from caller_hour where hour < clock_timestamp() - $1", [KeepFor], stop);
    }

    private static async Task AddAsync(NpgsqlConnection connection, CallerNews news, DateTimeOffset seenAt, CancellationToken stop)
    {
        var (who, volume, times) = (news.Who, news.Volume, news.Volume.Times);
        await connection.ExecuteAsync(
            """
            insert into caller as c (title, name, peer_address, implementation, secured, pdu_taken, pdu_sent, last_object_at, aborted_at, aborted_because, refused_because)
            values ($1, $2::text, $3, $4, $5, $6, $7, $8::timestamptz + (clock_timestamp() - $11), $9::timestamptz + (clock_timestamp() - $11), $10::text, $12::text)
            on conflict (title) do update set name = excluded.name, peer_address = excluded.peer_address, implementation = excluded.implementation, secured = excluded.secured,
              pdu_taken = excluded.pdu_taken, pdu_sent = case when excluded.pdu_sent > 0 then excluded.pdu_sent else c.pdu_sent end,
              last_at = clock_timestamp(), last_object_at = greatest(c.last_object_at, excluded.last_object_at),
              aborted_at = coalesce(excluded.aborted_at, c.aborted_at), aborted_because = coalesce(excluded.aborted_because, c.aborted_because),
              refused_because = coalesce(excluded.refused_because, c.refused_because)
            """,
            [StoredText.Clean(who.Title), StoredText.Clean(who.Name), who.Address, StoredText.Clean(who.Implementation), who.IsSecured, (long)who.PduTaken, (long)who.PduSent,
             news.LastObjectAt, news.AbortedAt, StoredText.Clean(news.AbortedBecause), seenAt, StoredText.Clean(news.RefusedBecause)], stop);
        await connection.ExecuteAsync(
            """
            insert into caller_hour as h (title, hour, associations, aborted, studies, objects, refused, bytes, starting, receiving, keeping, waiting, waits, late_waits)
            values ($1, date_trunc('hour', $2::timestamptz + (clock_timestamp() - $3), 'UTC'), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            on conflict (title, hour) do update set associations = h.associations + excluded.associations, aborted = h.aborted + excluded.aborted,
              studies = h.studies + excluded.studies, objects = h.objects + excluded.objects, refused = h.refused + excluded.refused, bytes = h.bytes + excluded.bytes,
              starting = h.starting + excluded.starting, receiving = h.receiving + excluded.receiving, keeping = h.keeping + excluded.keeping,
              waiting = h.waiting + excluded.waiting, waits = h.waits + excluded.waits, late_waits = h.late_waits + excluded.late_waits
            """,
            [StoredText.Clean(who.Title), news.At, seenAt, volume.Associations, volume.Aborted, volume.Studies, volume.Objects, volume.Refused, volume.Bytes,
             times.Starting.TotalSeconds, times.Receiving.TotalSeconds, times.Keeping.TotalSeconds, times.Waiting.TotalSeconds, times.Waits, times.LateWaits], stop);
        foreach (var (syntax, objects) in news.Syntaxes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            await connection.ExecuteAsync(
                """
                insert into caller_syntax as s (title, transfer_syntax, objects) values ($1, $2, $3)
                on conflict (title, transfer_syntax) do update set objects = s.objects + excluded.objects, last_at = clock_timestamp()
                """,
                [StoredText.Clean(who.Title), StoredText.Clean(syntax), (long)objects], stop);
    }

    private static CallerHour ReadHour(NpgsqlDataReader row) => new(row.GetString(0), row.Time(1), new(row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6),
        row.GetInt64(7), new(Seconds(row, 8), Seconds(row, 9), Seconds(row, 10), Seconds(row, 11), row.GetInt32(12), row.GetInt32(13))));

    private static TimeSpan Seconds(NpgsqlDataReader row, int column) => TimeSpan.FromSeconds(row.GetDouble(column));
}
