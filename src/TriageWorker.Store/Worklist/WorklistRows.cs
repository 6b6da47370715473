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
    /// Puts a decision on the list. A flag that falls says so. A study that was scored and could not be scored again
    /// (a late image, a fault of ours) keeps its verdict and place, and the sentence says what is missing.
    /// </summary>
    public static async Task<FlagMove> SetAsync(
        DatabaseTransaction transaction, NewDecision decision, OrderClass order, RankCredits credits, CancellationToken stop)
    {
        var old = await transaction.Connection.FirstAsync(
            "select arrived_at, flag_level from worklist where study_uid = $1 for no key update", [decision.Study.Value],
            row => new { Arrived = row.Time(0), Level = (FlagLevel)row.GetInt16(1) }, stop)
            ?? throw new InvalidOperationException("A decision was made about a study that is not on the list.");
        if (decision.Outcome is Outcome.NotAnalysed { Kept: not null })
        {
            await transaction.Connection.ExecuteAsync(
                "update worklist set because = $2, changed_at = clock_timestamp() where study_uid = $1",
                [decision.Study.Value, decision.Outcome.Sentence], stop);
            return new(old.Level, old.Level);
        }

        var now = decision.Outcome.Level;
        var rank = ListRank.Of(old.Arrived, order, now, credits);
        var because = now < old.Level
            ? Sentences.Then(decision.Outcome.Sentence, $"Lowered from {old.Level.ToString().ToLowerInvariant()}: newer images were scored.")
            : decision.Outcome.Sentence;
        await transaction.Connection.ExecuteAsync(
            """
            update worklist set stat = $2, base_key = $3, rank_key = $4, state = $5, flag_level = $6, because = $7, flags = $8::jsonb,
              demonstration = $9, changed_at = clock_timestamp()
            where study_uid = $1
            """,
            [decision.Study.Value, rank.Stat, rank.BaseKey, rank.Key, OutcomeColumn.Of(decision.Outcome), (short)now, because,
             StoreJson.Write(decision.Outcome.Fired), decision.Demonstration], stop);
        return new(old.Level, now);
    }

    /// <summary>Tells open pages. Never called by intake: NOTIFY takes a lock that all commits share.</summary>
    public static async Task NotifyAsync(NpgsqlConnection connection, StudyUid study, CancellationToken stop) =>
        await connection.ExecuteAsync("select pg_notify($1, $2)", [Channel, study.Value], stop);
}
