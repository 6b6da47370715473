using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>A study that has images in some spool.</summary>
/// <param name="Held">Why its images must stay, as a clause; null when they may go.</param>
public sealed record AgedStudy(StudyUid Uid, DateTimeOffset FirstReceivedAt, string? Held);

/// <summary>Which studies may lose their images, the oldest first. Nothing here grows with the number of studies stored.</summary>
public sealed class RetentionStore(Database database)
{
    // Work of every stage counts, also what was given up: its replay reads the images again. With a limit each is looked up by its index;
    // an exists may be answered by reading the table.
    private const string Held =
        """
        case
          when s.closed_at is null then 'they are not closed'
          when (select true from work w where w.study_uid = s.study_uid and w.state = 'dead' limit 1) then 'a step was given up, and its replay needs them'
          when (select true from work w where w.study_uid = s.study_uid and w.state <> 'done' limit 1) then 'work is due for them'
          when newest.id is null then 'they have no outcome'
          when (select true from delivery d where d.decision_id = newest.id and d.state not in ('delivered', 'withheld') limit 1) then 'a document is not delivered'
          when newest.outcome = 'not_analysed' and s.last_received_at > clock_timestamp() - interval '1 day' then 'they were not analysed, and what is missing may still come'
          when s.last_received_at >= $2 then 'an image came later'
        end
        """;

    private const string Newest =
        "left join lateral (select d.id, d.outcome from decision d where d.study_uid = s.study_uid order by d.decided_at desc, d.id desc limit 1) newest on true";

    /// <summary>What the age comes to in the database's time.</summary>
    public async Task<DateTimeOffset> BeforeAsync(TimeSpan age, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync("select clock_timestamp() - $1::interval", [age], row => row.Time(0), stop);
    }

    /// <summary>The next oldest studies behind one.</summary>
    /// <param name="behind">Null: from the oldest on.</param>
    /// <param name="before">Only studies whose images all came before.</param>
    public async Task<List<AgedStudy>> OldestAsync(AgedStudy? behind, DateTimeOffset before, int most, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"""
             select s.study_uid, s.first_received_at, {Held} from study s {Newest}
             where s.spooled and (s.first_received_at, s.study_uid) > ($1, $3) and s.first_received_at < $2
             order by s.first_received_at, s.study_uid limit $4
             """,
            [behind?.FirstReceivedAt ?? DateTimeOffset.MinValue, before, behind?.Uid.Value ?? "", most],
            row => new AgedStudy(new(row.GetString(0)), row.Time(1), row.TextOrNull(2)), stop);
    }

    /// <summary>Locks the study against what may come for it, and looks again.</summary>
    /// <returns>Why its images must stay now; null when they may go. Also a study that is gone stays as it is.</returns>
    internal static async Task<string?> LockAsync(NpgsqlConnection connection, StudyUid study, DateTimeOffset before, CancellationToken stop)
    {
        await connection.ExecuteAsync("select 1 from study where study_uid = $1 for no key update", [study.Value], stop);
        var found = await connection.FirstAsync($"select {Held} from study s {Newest} where s.study_uid = $1 and s.spooled",
            [study.Value, before], row => new { Held = row.TextOrNull(0) }, stop);
        return found is null ? "it has no images" : found.Held;
    }
}
