namespace TriageWorker.Store;

/// <summary>An association that ended lately without all of its objects: some were refused, or it was cut.</summary>
public sealed record CutAssociation(DateTimeOffset EndedAt, string Caller, string Ending, int Objects, int Refused);

/// <summary>What can be said of a study that is not here.</summary>
/// <param name="Open">Associations that are open now: what they have sent is known within a tenth of a second, what they have not is not.</param>
public sealed record Absence(IReadOnlyList<RefusedCaller> Refused, IReadOnlyList<CutAssociation> Cut, int Open);

/// <summary>Where a study may be that no image is here of: callers that were refused, objects that were refused, transfers that broke off.</summary>
public sealed class AbsenceStore(Database database, RefusedCallerStore refused)
{
    private const int Most = 5, LinesLookedAt = 2000;
    private static readonly TimeSpan Lately = TimeSpan.FromDays(1);

    public async Task<Absence> ReadAsync(CancellationToken stop) => new(await refused.NewestAsync(Lately, Most, stop), await CutAsync(stop), await OpenAsync(stop));

    // The newest lines of the ledger by its key, since associations are many and have no index by time.
    private async Task<List<CutAssociation>> CutAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            select at, detail ->> 'caller', detail ->> 'ending', (detail ->> 'objects')::integer, coalesce((detail ->> 'refused')::integer, 0)
            from (select * from audit order by id desc limit $1) newest
            where event = 'association.ended' and at >= clock_timestamp() - $2
              and (detail ->> 'ending' <> 'released' or coalesce((detail ->> 'refused')::integer, 0) > 0)
            order by id desc limit $3
            """,
            [LinesLookedAt, Lately, Most],
            row => new CutAssociation(row.Time(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetInt32(4)), stop);
    }

    private async Task<int> OpenAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync("select count(*)::integer from association where ended_at is null and lease_until > now()", [], row => row.GetInt32(0), stop);
    }
}
