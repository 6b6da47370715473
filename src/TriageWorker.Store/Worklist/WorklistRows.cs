using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

internal readonly record struct FlagMove(FlagLevel Before, FlagLevel Now);

/// <summary>The list's rows as intake and decisions write them.</summary>
internal static class WorklistRows
{
    public const string Channel = "worklist";

    /// <summary>A study is on the list from its first image on.</summary>
    public static async Task AddMissingAsync(NpgsqlConnection connection, StudyArrival[] studies, RankCredits credits, CancellationToken stop)
    {
        var arrivals = await connection.ListAsync(
            """
            select s.study_uid, s.order_class, s.first_received_at from study s
            where s.study_uid = any($1) and not exists (select 1 from worklist w where w.study_uid = s.study_uid)
            """,
            [Array.ConvertAll(studies, study => study.Uid.Value)],
            row => new { Study = row.GetString(0), At = row.Time(2), Rank = ListRank.Of(row.Time(2), (OrderClass)row.GetInt16(1), FlagLevel.None, credits) }, stop);
        foreach (var arrival in arrivals)
            await connection.ExecuteAsync(
                """
                insert into worklist (study_uid, arrived_at, stat, base_key, rank_key, because) values ($1, $2, $3, $4, $5, $6)
                on conflict (study_uid) do nothing
                """,
                [arrival.Study, arrival.At, arrival.Rank.Stat, arrival.Rank.BaseKey, arrival.Rank.Key, Sentences.Waiting], stop);
    }

    /// <summary>
    /// Puts a decision, which has its row, on the list beside what other packages said. A flag that falls says so. A study that was scored and could not be
    /// scored again (a late image, a fault of ours) keeps its verdict and place, and the sentence says what is missing.
    /// </summary>
    public static async Task<FlagMove> SetAsync(
        DatabaseTransaction transaction, NewDecision decision, OrderClass order, RankCredits credits, CancellationToken stop)
    {
        var old = await transaction.Connection.FirstAsync(
            "select arrived_at, flag_level from worklist where study_uid = $1 for no key update", [decision.Study.Value],
            row => new { Arrived = row.Time(0), Level = (FlagLevel)row.GetInt16(1) }, stop)
            ?? throw new InvalidOperationException("A decision was made about a study that is not on the list.");
        var says = await SaysAsync(transaction.Connection, decision.Study, stop);
        var verdict = StudyVerdict.Of([.. says.Select(each => each.Says)], [.. decision.Rest.Where(rest => says.All(each => each.PackageId != rest.Id)).Select(rest => rest.Title)]);
        var now = verdict.Level;
        var rank = ListRank.Of(old.Arrived, order, now, credits);
        var because = now < old.Level
            ? Sentences.Then(verdict.Sentence, $"Lowered from {old.Level.ToString().ToLowerInvariant()}: newer images were scored.")
            : verdict.Sentence;
        await transaction.Connection.ExecuteAsync(
            """
            update worklist set stat = $2, base_key = $3, rank_key = $4, state = $5, flag_level = $6, because = $7, flags = $8::jsonb,
              demonstration = $9, changed_at = clock_timestamp()
            where study_uid = $1
            """,
            [decision.Study.Value, rank.Stat, rank.BaseKey, rank.Key, OutcomeColumn.Of(verdict.Outcome), (short)now, because,
             StoreJson.Write(verdict.Flags), verdict.Demonstration], stop);
        return new(old.Level, now);
    }

    // The newest decision of each package, and of none that a newer one of the whole study has replaced. Where later images could not be
    // analysed, the verdict on the earlier ones is what it says.
    private static Task<List<(string? PackageId, PackageSays Says)>> SaysAsync(NpgsqlConnection connection, StudyUid study, CancellationToken stop) => connection.ListAsync(
        $"""
         select d.package_id, coalesce(d.package_title, d.package_id, ''), coalesce(kept.outcome, d.outcome), d.because, d.flags::text, d.demonstration
         from decision d left join lateral (
           select v.outcome from decision v where d.generation_id is null and v.study_uid = d.study_uid and v.generation_id is not null
             and (d.package_id is null or v.package_id = d.package_id) order by v.decided_at desc limit 1) kept on kept.outcome <> 'not_analysed'
         where d.study_uid = $1 and {StandingDecision}
         """,
        [study.Value],
        row => (row.TextOrNull(0), new PackageSays(row.GetString(1), OutcomeColumn.Read(row.GetString(2)), row.GetString(3), StoreJson.ReadFlags(row.GetString(4)), row.GetBoolean(5))), stop);

    /// <summary>Of <c>decision d</c>: no newer one is of the same package, or of the study as a whole.</summary>
    internal const string StandingDecision =
        "not exists (select from decision n where n.study_uid = d.study_uid and (n.decided_at, n.id) > (d.decided_at, d.id) and (n.package_id is null or d.package_id is null or n.package_id = d.package_id))";

    /// <summary>Tells open pages. Never called by intake: NOTIFY takes a lock that all commits share.</summary>
    public static async Task NotifyAsync(NpgsqlConnection connection, StudyUid study, CancellationToken stop) =>
        await connection.ExecuteAsync("select pg_notify($1, $2)", [Channel, study.Value], stop);
}
