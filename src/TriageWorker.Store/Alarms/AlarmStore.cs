namespace TriageWorker.Store;

/// <summary>Alarms in transactions of their own, and the list of them.</summary>
public sealed class AlarmStore(Database database, NodeName node)
{
    /// <returns>True when it was not open before.</returns>
    public async Task<bool> SetAsync(Alarm alarm, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var isNew = await AlarmRows.SetAsync(transaction, node, alarm, stop);
        await transaction.CommitAsync(stop);
        return isNew;
    }

    /// <returns>True when it was open.</returns>
    public async Task<bool> ClearAsync(string kind, string subject, string because, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var cleared = await AlarmRows.ClearAsync(transaction, node, kind, subject, because, stop);
        await transaction.CommitAsync(stop);
        return cleared;
    }

    /// <summary>Those that last, the critical ones first, each the oldest first.</summary>
    public async Task<IReadOnlyList<AlarmRow>> OpenAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"select {AlarmRows.Columns} from alarm where cleared_at is null order by severity, raised_at, id", [], AlarmRows.Read, stop);
    }

    /// <summary>The newest, open or over.</summary>
    public async Task<IReadOnlyList<AlarmRow>> NewestAsync(int most, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"select {AlarmRows.Columns} from alarm order by raised_at desc, id desc limit $1", [most], AlarmRows.Read, stop);
    }

    /// <summary>The newest that are over.</summary>
    public async Task<IReadOnlyList<AlarmRow>> OverAsync(int most, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"select {AlarmRows.Columns} from alarm where cleared_at is not null order by raised_at desc, id desc limit $1", [most], AlarmRows.Read, stop);
    }

    /// <summary>How many critical ones last.</summary>
    public async Task<long> CriticalAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync("select count(*) from alarm where cleared_at is null and severity = 'critical'", [], row => row.GetInt64(0), stop);
    }

    /// <summary>Another text whenever something that a list of alarms shows has changed.</summary>
    public async Task<string> VersionAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync(
            "select concat_ws(' ', (select max(id) from alarm_event), (select max(settled_at) from alarm_notice), (select max(last_seen_at) from alarm where cleared_at is null))",
            [], row => row.GetString(0), stop) ?? "";
    }
}
