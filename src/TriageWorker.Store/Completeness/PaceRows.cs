using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>How callers pause, one row for each, shared by all nodes. It changes once a study closes, never per image.</summary>
internal static class PaceRows
{
    public static async Task<CallerPace> OfAsync(NpgsqlConnection connection, string caller, CancellationToken stop) =>
        await connection.FirstAsync("select studies, heights, positions from caller_pace where caller = $1", [caller], Read, stop) ?? CallerPace.Unknown;

    /// <summary>Learns the longest pause of a study that closes, unless it has been learned before. Call it with the study's row held.</summary>
    public static async Task LearnAsync(NpgsqlConnection connection, StudyUid study, CancellationToken stop)
    {
        var told = await connection.FirstAsync(
            "update study set pause_told = longest_pause where study_uid = $1 and pause_told is distinct from longest_pause returning caller, longest_pause",
            [study.Value], row => new { Caller = row.GetString(0), Pause = row.GetTimeSpan(1) }, stop);
        if (told is null) return;
        await connection.ExecuteAsync("insert into caller_pace (caller, studies, heights, positions) values ($1, 0, '{}', '{}') on conflict do nothing", [told.Caller], stop);
        var pace = (await connection.FirstAsync("select studies, heights, positions from caller_pace where caller = $1 for update", [told.Caller], Read, stop))!;
        var pauses = pace.Pauses.With(told.Pause.TotalSeconds);
        await connection.ExecuteAsync(
            "update caller_pace set studies = $2, heights = $3, positions = $4, changed_at = clock_timestamp() where caller = $1",
            [told.Caller, pauses.Count, pauses.Heights.ToArray(), pauses.Positions.ToArray()], stop);
    }

    private static CallerPace Read(NpgsqlDataReader row) =>
        new(new PauseQuantile(row.GetInt64(0), row.GetFieldValue<double[]>(1), row.GetFieldValue<double[]>(2)));
}
