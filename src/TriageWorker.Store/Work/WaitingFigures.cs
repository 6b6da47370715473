namespace TriageWorker.Store;

/// <summary>What waits in the whole installation, counted by the database.</summary>
/// <param name="Work">Rows by stage and state: <c>due</c>, <c>waiting</c> for its time or for more urgent work, <c>leased</c>, <c>dead</c>; never <c>done</c>.</param>
/// <param name="Oldest">By stage, for how long the oldest due row has been due.</param>
/// <param name="Tokens">Wake-up tokens that the broker has not confirmed.</param>
/// <param name="OldestToken">Zero when there is none.</param>
/// <param name="Alarms">Open alarms by kind and severity.</param>
/// <param name="Deliveries">Documents that have not arrived, by destination.</param>
public sealed record WaitingFigures(
    IReadOnlyDictionary<(string Stage, string State), long> Work, IReadOnlyDictionary<string, TimeSpan> Oldest, long Tokens, TimeSpan OldestToken,
    IReadOnlyDictionary<(string Kind, string Severity), long> Alarms, IReadOnlyDictionary<string, long> Deliveries);

/// <summary>Counts what waits, in one statement. It reads partial indexes, so it grows with what waits and not with what is stored.</summary>
public sealed class WaitingFiguresStore(Database database)
{
    /// <summary>The statement, for whoever wants to see its plan.</summary>
    public const string Query =
        """
        select 'work', stage, case when due_at <= now() and urgency <= now() then 'due' else 'waiting' end, count(*), now() - min(due_at) from work where state = 'due' group by 2, 3
        union all select 'work', stage, 'leased', count(*), null from work where state = 'leased' group by 2
        union all select 'work', stage, 'dead', count(*), null from work where state = 'dead' group by 2
        union all select 'token', '', '', count(*), clock_timestamp() - min(created_at) from outbox
        union all select 'alarm', kind, severity, count(*), null from alarm where cleared_at is null group by 2, 3
        union all select 'delivery', coalesce(lane, ''), '', count(*), null from work where state = 'due' and stage = 'delivery' group by 2
        union all select 'delivery', coalesce(lane, ''), '', count(*), null from work where state = 'leased' and stage = 'delivery' group by 2
        """;

    public async Task<WaitingFigures> ReadAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var rows = await connection.ListAsync(Query, [],
            row => new Row(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.IsDBNull(4) ? TimeSpan.Zero : row.GetTimeSpan(4)), stop);
        var figures = rows.ToLookup(row => row.Figure);
        return new WaitingFigures(
            figures["work"].ToDictionary(row => (row.Of, row.State), row => row.Count),
            figures["work"].Where(row => row.State == "due").ToDictionary(row => row.Of, row => row.Age),
            figures["token"].Sum(row => row.Count),
            figures["token"].Select(row => row.Age).FirstOrDefault(),
            figures["alarm"].ToDictionary(row => (row.Of, row.State), row => row.Count),
            figures["delivery"].GroupBy(row => row.Of).ToDictionary(group => group.Key, group => group.Sum(row => row.Count)));
    }

    private sealed record Row(string Figure, string Of, string State, long Count, TimeSpan Age);
}
