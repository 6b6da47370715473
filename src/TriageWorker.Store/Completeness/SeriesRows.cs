using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>Series as they close, and whether that changes what a model would read.</summary>
internal static class SeriesRows
{
    // What the newest selection of each package chose, if there was one.
    private const string Chosen =
        """
        (select last.series_uid from (select distinct on (package_id, series_uid) series_uid, chosen from selection where study_uid = $1 order by package_id, series_uid, id desc) last
         where last.chosen)
        """;

    /// <returns>True when scoring may begin with them: one qualifies, and either none was scored before or it is the one that was.</returns>
    public static async Task<bool> CloseAsync(NpgsqlConnection connection, StudyUid study, IReadOnlyList<SeriesClosing> closings, CancellationToken stop)
    {
        if (closings.Count == 0) return false;
        return (await connection.ListAsync(
            $"""
             update series set closed_at = now(), closed_by = closing.by, closed_because = closing.because
             from unnest($2::text[], $3::text[], $4::text[], $5::boolean[]) as closing(series_uid, by, because, qualifies)
             where series.study_uid = $1 and series.series_uid = closing.series_uid
             returning closing.qualifies and (series.series_uid in {Chosen}
               or not exists (select from series other where other.study_uid = $1 and other.considered_at is not null and other.closed_by is distinct from 'own'))
             """,
            [
                study.Value, closings.Select(closing => closing.Uid.Value).ToArray(), closings.Select(closing => ClosedByColumn.Of(closing.By)).ToArray(),
                closings.Select(closing => closing.Because).ToArray(), closings.Select(closing => closing.Qualifies).ToArray(),
            ],
            row => row.GetBoolean(0), stop)).Any(isNews => isNews);
    }

    /// <summary>Evidence of series that close before their study does.</summary>
    public static async Task TellAsync(NpgsqlConnection connection, StudyUid study, IReadOnlyList<SeriesClosing> closings, CancellationToken stop) =>
        await connection.ExecuteAsync(
            "insert into evidence (study_uid, kind, series_uid, sentence) select $1, 'series', * from unnest($2::text[], $3::text[])",
            [study.Value, closings.Select(closing => closing.Uid.Value).ToArray(), closings.Select(closing => closing.Because).ToArray()], stop);

    public static async Task CloseTheRestAsync(NpgsqlConnection connection, StudyUid study, ClosedBy by, string because, CancellationToken stop) =>
        await connection.ExecuteAsync("update series set closed_at = now(), closed_by = $2, closed_because = $3 where study_uid = $1 and closed_at is null",
            [study.Value, ClosedByColumn.Of(by), because], stop);

    /// <summary>
    /// Whether the study, which closes, is to be scored: a series is new to selection, the one that was chosen has changed, or the study
    /// lacks a package's verdict and nobody is about to give it one. Any other late image changes the evidence alone.
    /// </summary>
    public static async Task<bool> NeedsScoringAsync(NpgsqlConnection connection, StudyUid study, CancellationToken stop) =>
        await connection.FirstAsync(
            $"""
             select exists (select from series s where s.study_uid = $1 and (s.considered_at is null or (s.series_uid in {Chosen} and s.closed_at > s.considered_at)))
               or ((not exists (select from decision d where d.study_uid = $1)
                     or exists (select from decision d where d.study_uid = $1 and d.outcome = 'not_analysed' and {WorklistRows.StandingDecision})
                     or exists (select from selection s where s.study_uid = $1
                          and not exists (select from decision d where d.study_uid = $1 and (d.package_id is null or d.package_id = s.package_id))))
                   and not exists (select from work w where w.stage = 'scoring' and w.key = $1 and w.state in ('due', 'leased')))
             """,
            [study.Value], row => row.GetBoolean(0), stop);

    /// <summary>It was scored before its newest images came, and nothing has been asked for since.</summary>
    public static async Task<bool> IsDecidedAsync(NpgsqlConnection connection, StudyUid study, CancellationToken stop) =>
        await connection.FirstAsync(
            """
            select coalesce(max(d.decided_at) < s.open_since, false) and not exists (select from work w where w.stage = 'scoring' and w.key = $1 and w.state in ('due', 'leased'))
            from study s left join decision d using (study_uid) where s.study_uid = $1 group by s.study_uid, s.open_since
            """,
            [study.Value], row => row.GetBoolean(0), stop);

    public static async Task ConsiderAsync(NpgsqlConnection connection, StudyUid study, CancellationToken stop) =>
        await connection.ExecuteAsync("update series set considered_at = now() where study_uid = $1 and closed_at is not null", [study.Value], stop);
}
