using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>What selection said of one series.</summary>
/// <param name="Reason">A sentence, also for the chosen one.</param>
public sealed record SeriesVerdict(SeriesUid Series, bool Chosen, string Reason);

public sealed record SelectionRow(string PackageId, SeriesVerdict Verdict, DateTimeOffset At);

/// <summary>Keeps why each series was chosen or refused. A selection that says the same as the last one is not written again.</summary>
public sealed class SelectionStore(Database database)
{
    public async Task RecordAsync(StudyUid study, string packageId, IReadOnlyList<SeriesVerdict> verdicts, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        await transaction.Connection.ExecuteAsync(
            """
            insert into selection (study_uid, package_id, series_uid, chosen, reason)
            select $1, $2, new.series_uid, new.chosen, new.reason
            from unnest($3::text[], $4::boolean[], $5::text[]) as new(series_uid, chosen, reason)
            where (new.chosen, new.reason) is distinct from (
              select (old.chosen, old.reason) from selection old
              where old.study_uid = $1 and old.package_id = $2 and old.series_uid = new.series_uid order by old.id desc limit 1)
            """,
            [
                study.Value, packageId, verdicts.Select(verdict => verdict.Series.Value).ToArray(),
                verdicts.Select(verdict => verdict.Chosen).ToArray(), verdicts.Select(verdict => StoredText.Clean(verdict.Reason)).ToArray(),
            ], stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>All selections of a study, oldest first.</summary>
    public async Task<List<SelectionRow>> OfAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync("select package_id, series_uid, chosen, reason, at from selection where study_uid = $1 order by id",
            [study.Value],
            row => new SelectionRow(row.GetString(0), new(new(row.GetString(1)), row.GetBoolean(2), row.GetString(3)), row.Time(4)), stop);
    }
}
