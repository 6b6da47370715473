using System.Globalization;
using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>The last row of a page; the next page begins after it.</summary>
public sealed record WorklistCursor(bool Stat, DateTimeOffset RankKey, StudyUid Study);

/// <summary>One study on the list.</summary>
/// <param name="State">waiting, positive, negative or not_analysed.</param>
/// <param name="Position">Where it stands among the studies nobody has read, from 1.</param>
/// <param name="PositionWithoutFlag">Where it would stand had no study a flag.</param>
public sealed record WorklistRow(StudyUid Study, DateTimeOffset ArrivedAt, bool Stat, OrderClass Order, string State, FlagLevel Level, string Because,
    IReadOnlyList<Flag> Flags, bool Demonstration, long Position, long PositionWithoutFlag, DateTimeOffset RankKey, DateTimeOffset ChangedAt)
{
    public string? PatientId { get; init; }

    public string? PatientName { get; init; }

    public string? BirthDate { get; init; }

    public string? Sex { get; init; }

    public string? Accession { get; init; }

    public string? Description { get; init; }

    public string? StudyDate { get; init; }

    public int Images { get; init; }

    /// <summary>When all its images were taken to be here; null while more may come.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    public WorklistCursor Cursor => new(Stat, RankKey, Study);

    /// <summary>"Was 14th, now 2nd, because free air 0.8200 (threshold 0.4000)." Null for a study that its flag did not move.</summary>
    public string? Moved => Level == FlagLevel.None || Position >= PositionWithoutFlag
        ? null
        : $"Was {Ordinal(PositionWithoutFlag)}, now {Ordinal(Position)}, because {Because}";

    private static string Ordinal(long number)
    {
        var ending = (number % 100) is >= 11 and <= 13 ? "th" : (number % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" };
        return number.ToString(CultureInfo.InvariantCulture) + ending;
    }
}

/// <summary>How many unread studies stand in one state, at one level.</summary>
public sealed record WorklistTotal(string State, FlagLevel Level, bool Demonstration, long Studies);

/// <summary>Reads the list in the order people read studies.</summary>
public sealed class WorklistStore(Database database)
{
    private const string Columns =
        $"""
        p.study_uid, p.arrived_at, p.stat, s.order_class, p.state, p.flag_level, p.because, p.flags::text, p.demonstration, p.rank_key, p.changed_at,
        s.patient_id, s.patient_name, s.birth_date, s.sex, s.accession, s.description, s.images - {InstanceRows.FurtherContents},
        case when p.stat then 0 else (select count(*) from worklist o where o.read_at is null and o.stat) end
          + (select count(*) from worklist o where o.read_at is null and o.stat = p.stat and (o.rank_key, o.study_uid) <= (p.rank_key, p.study_uid)),
        case when p.stat then 0 else (select count(*) from worklist o where o.read_at is null and o.stat) end
          + (select count(*) from worklist o where o.read_at is null and o.stat = p.stat and (o.base_key, o.study_uid) <= (p.base_key, p.study_uid)),
        s.study_date, s.closed_at
        """;

    /// <summary>A page of the studies nobody has read, most urgent first.</summary>
    public async Task<List<WorklistRow>> PageAsync(WorklistCursor? after, int size, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return after is null
            ? await connection.ListAsync(
                $"""
                 select {Columns} from (select * from worklist where read_at is null order by stat desc, rank_key, study_uid limit $1) p
                 join study s using (study_uid) order by p.stat desc, p.rank_key, p.study_uid
                 """,
                [size], Read, stop)
            : await connection.ListAsync(
                $"""
                 select {Columns} from (select * from worklist where read_at is null
                   and (stat < $2 or (stat = $2 and (rank_key, study_uid) > ($3, $4))) order by stat desc, rank_key, study_uid limit $1) p
                 join study s using (study_uid) order by p.stat desc, p.rank_key, p.study_uid
                 """,
                [size, after.Stat, after.RankKey, after.Study.Value], Read, stop);
    }

    /// <summary>One study's row; null when there is none. A read study keeps its row, counted as if it still waited.</summary>
    public async Task<WorklistRow?> FindAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync($"select {Columns} from worklist p join study s using (study_uid) where p.study_uid = $1", [study.Value], Read, stop);
    }

    /// <summary>How many studies nobody has read.</summary>
    public async Task<long> CountAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync("select count(*) from worklist where read_at is null", [], row => row.GetInt64(0), stop);
    }

    public async Task<List<WorklistTotal>> TotalsAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            "select state, flag_level, demonstration, count(*) from worklist where read_at is null group by state, flag_level, demonstration", [],
            row => new WorklistTotal(row.GetString(0), (FlagLevel)row.GetInt16(1), row.GetBoolean(2), row.GetInt64(3)), stop);
    }

    /// <summary>
    /// Changes when the list does, images of waiting studies included. Only good to be compared. It reads the newest change
    /// and the waiting studies, not the whole list.
    /// </summary>
    public async Task<string> VersionAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync(
            """
            select concat_ws(' ', (select max(changed_at) from worklist), count(*), max(s.last_indexed_at), max(s.closed_at))
            from worklist w join study s using (study_uid) where w.read_at is null and w.state = 'waiting'
            """,
            [], row => row.GetString(0), stop) ?? "";
    }

    /// <summary>A person has read the study: it leaves the order, stays to be found, and the ledger says who.</summary>
    /// <returns>False when it was read already, or is not there.</returns>
    public async Task<bool> MarkReadAsync(StudyUid study, string person, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var read = await transaction.Connection.ExecuteAsync(
            "update worklist set read_at = now(), read_by = $2, changed_at = clock_timestamp() where study_uid = $1 and read_at is null",
            [study.Value, person], stop) == 1;
        if (!read) return false;
        await AuditLedger.AppendAsync(transaction, new(person, "study.read", study), stop);
        await WorklistRows.NotifyAsync(transaction.Connection, study, stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    private static WorklistRow Read(NpgsqlDataReader row) => new(new(row.GetString(0)), row.Time(1), row.GetBoolean(2), (OrderClass)row.GetInt16(3),
        row.GetString(4), (FlagLevel)row.GetInt16(5), row.GetString(6), StoreJson.ReadFlags(row.GetString(7)), row.GetBoolean(8),
        row.GetInt64(18), row.GetInt64(19), row.Time(9), row.Time(10))
    {
        PatientId = row.TextOrNull(11),
        PatientName = row.TextOrNull(12),
        BirthDate = row.TextOrNull(13),
        Sex = row.TextOrNull(14),
        Accession = row.TextOrNull(15),
        Description = row.TextOrNull(16),
        Images = row.GetInt32(17),
        StudyDate = row.TextOrNull(20),
        ClosedAt = row.TimeOrNull(21),
    };
}
