using System.Text.Json.Nodes;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>Work that ended without its purpose, one letter a study, and the act of replaying it.</summary>
public sealed class DeadLetterStore(Database database, WorkCredits credits)
{
    /// <summary>By cause, the most studies first.</summary>
    public async Task<IReadOnlyList<DeadCause>> CausesAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            select cause, stage, lane, max(words), count(*)::integer, min(died_at), max(died_at) from dead_letter
            group by cause, stage, lane order by count(*) desc, cause
            """,
            [],
            row => new DeadCause(row.GetString(0), Enum.Parse<Stage>(row.GetString(1), ignoreCase: true), row.TextOrNull(2), row.GetString(3), row.GetInt32(4), row.Time(5), row.Time(6)),
            stop);
    }

    /// <summary>The oldest of a cause, or of all.</summary>
    public async Task<IReadOnlyList<DeadLetter>> LettersAsync(string? cause, int most, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            select study_uid, s.accession, d.cause, coalesce(d.last_error, d.words), d.ends, d.died_at from dead_letter d join study s using (study_uid)
            where $1::text is null or d.cause = $1 order by d.died_at, study_uid limit $2
            """,
            [StoredText.Clean(cause), most], row => new DeadLetter(new(row.GetString(0)), row.TextOrNull(1), row.GetString(2), row.GetString(3), row.GetInt32(4), row.Time(5)), stop);
    }

    /// <summary>
    /// Makes all of a study that ended so due again: with no attempt used, in its order class, and for a document as the same bytes. One
    /// that a newer result has replaced is not sent. Doing it twice, or two at once, is doing it once.
    /// </summary>
    /// <param name="actor">Who asks for it, as the ledger is to say it.</param>
    public async Task<Replayed> ReplayAsync(StudyUid study, string actor, CancellationToken stop)
    {
        study = new(StoredText.Clean(study.Value)!); // it may have been typed anywhere
        await using var transaction = await database.BeginAsync(stop);
        var row = await transaction.Connection.FirstAsync("select order_class, closed_at is null from study where study_uid = $1 for no key update", [study.Value],
            found => new { Order = (OrderClass)found.GetInt16(0), IsOpen = found.GetBoolean(1) }, stop);
        if (row is null) return default;
        var dead = await transaction.Connection.ListAsync("select stage, key, lane, cause from work where study_uid = $1 and state = 'dead' order by id for update", [study.Value],
            end => new DeadWork(Enum.Parse<Stage>(end.GetString(0), ignoreCase: true), end.GetString(1), end.TextOrNull(2), end.TextOrNull(3)), stop);
        var replayed = default(Replayed);
        foreach (var end in dead) replayed += await ReplayAsync(transaction, study, end, row.IsOpen, credits.Of(row.Order), actor, stop);
        if (!replayed.IsAny) return replayed;
        await AuditLedger.AppendAsync(transaction, new(actor, "dead-letter.replayed", study, Detail: new JsonObject
        {
            ["causes"] = new JsonArray([.. dead.Select(end => (JsonNode)$"{end.Stage.Column()}{(end.Lane is null ? "" : $"/{end.Lane}")}/{end.Cause ?? "unknown"}")]),
            ["due"] = replayed.Due,
            ["superseded"] = replayed.Superseded,
            ["waiting"] = replayed.Waiting,
        }), stop);
        await WorklistRows.NotifyAsync(transaction.Connection, study, stop);
        await transaction.CommitAsync(stop);
        return replayed;
    }

    /// <summary>Replays study by study, the oldest first, each in a transaction of its own.</summary>
    /// <param name="cause">Of one cause, or of all.</param>
    /// <param name="most">How many studies at the most.</param>
    /// <param name="each">Called after each study.</param>
    public async Task<ReplayedStudies> ReplayAsync(string? cause, int most, string actor, Action? each, CancellationToken stop)
    {
        var (studies, work) = (0, default(Replayed));
        foreach (var letter in await LettersAsync(cause, most, stop))
        {
            var replayed = await ReplayAsync(letter.Study, actor, stop);
            if (replayed.IsAny) studies++;
            work += replayed;
            each?.Invoke();
        }

        return new(studies, work);
    }

    private static async Task<Replayed> ReplayAsync(
        DatabaseTransaction transaction, StudyUid study, DeadWork end, bool isOpen, TimeSpan credit, string actor, CancellationToken stop)
    {
        switch (end.Stage)
        {
            case Stage.Scoring when isOpen && !DeferredWork.IsKey(end.Key): // its closing makes it due, with all of its images
                return new(0, 0, Waiting: 1);
            case Stage.Delivery when ForwardRows.IsKey(end.Key):
                await ForwardRows.ReviveAsync(transaction, ForwardRows.IdOf(end.Key), stop);
                goto default;
            case Stage.Delivery when !await DeliveryRows.ReviveAsync(transaction, study, Guid.Parse(end.Key), actor, stop):
                return new(0, Superseded: 1, 0);
            case Stage.Scoring when DeferredWork.IsKey(end.Key):
                await DeferredWork.PushAsync(transaction, study, DeferredWork.GenerationOf(end.Key), stop);
                return new(Due: 1, 0, 0);
            default:
                await WorkRows.PushAsync(transaction, end.Stage, end.Key, end.Lane, study, TimeSpan.Zero, credit, stop);
                return new(Due: 1, 0, 0);
        }
    }

    private sealed record DeadWork(Stage Stage, string Key, string? Lane, string? Cause);
}
