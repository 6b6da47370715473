using System.Text.Json.Nodes;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>The acts of closing a series and a study, and what they ask of scoring.</summary>
public sealed class ClosingStore(Database database, EvidenceStore evidence, NodeName node, WorkCredits credits)
{
    /// <inheritdoc cref="EvidenceStore.OfAsync"/>
    public Task<StudyEvidence?> EvidenceAsync(StudyUid study, CancellationToken stop) => evidence.OfAsync(study, stop);

    /// <summary>Closes the study with all of its series, whatever they look like, and has it scored.</summary>
    /// <exception cref="LeaseLostException">A newer image came, or the lease expired.</exception>
    public Task CloseAsync(LeasedWork work, string because, CancellationToken stop) =>
        CloseAsync(work, new Completeness.Closed(because), ClosedBy.Fault, stop);

    /// <summary>Closes the study and its series, in one transaction with what follows, if the claim still holds.</summary>
    /// <exception cref="LeaseLostException">A newer image came, or the lease expired.</exception>
    public Task CloseAsync(LeasedWork work, Completeness.Closed closed, CancellationToken stop) => CloseAsync(work, closed, ClosedBy.Idle, stop);

    /// <summary>Closes series of a study that stays open, and looks again.</summary>
    /// <exception cref="LeaseLostException">A newer image came, or the lease expired.</exception>
    public async Task CloseSeriesAsync(LeasedWork work, Completeness.Waiting waiting, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        await WorkRows.RescheduleAsync(transaction, work, waiting.Until, stop);
        var isNews = await SeriesRows.CloseAsync(transaction.Connection, work.Study, waiting.Series, stop);
        await SeriesRows.TellAsync(transaction.Connection, work.Study, waiting.Series, stop);
        if (isNews) await AskForScoringAsync(transaction, work.Study, stop);
        foreach (var series in waiting.Series)
            await AuditLedger.AppendAsync(transaction, new(node.Value, "series.closed", work.Study, Detail: new JsonObject { ["series"] = series.Uid.Value, ["because"] = series.Because }), stop);
        await WorklistRows.NotifyAsync(transaction.Connection, work.Study, stop);
        await transaction.CommitAsync(stop);
    }

    private async Task CloseAsync(LeasedWork work, Completeness.Closed closed, ClosedBy rest, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var connection = transaction.Connection;
        await WorkRows.CompleteAsync(transaction, work, stop);
        await SeriesRows.CloseAsync(connection, work.Study, closed.Series, stop);
        await SeriesRows.CloseTheRestAsync(connection, work.Study, rest, closed.Because, stop);
        await PaceRows.LearnAsync(connection, work.Study, stop);
        var isAsked = rest == ClosedBy.Fault || await SeriesRows.NeedsScoringAsync(connection, work.Study, stop);
        var because = isAsked || !await SeriesRows.IsDecidedAsync(connection, work.Study, stop) ? closed.Because : Sentences.Then(closed.Because, "The series that was scored is the same, so nothing is scored again.");
        var (images, order) = await connection.FirstAsync("update study set closed_at = now(), closed_because = $2 where study_uid = $1 returning images, order_class",
            [work.Study.Value, because], row => ((int, OrderClass)?)(row.GetInt32(0), (OrderClass)row.GetInt16(1)), stop)
            ?? throw new InvalidOperationException($"{work.Stage} work {work.Id} speaks of a study that is not stored.");
        await connection.ExecuteAsync("insert into evidence (study_uid, kind, sentence) values ($1, 'study', $2)", [work.Study.Value, because], stop);
        if (isAsked) await AskForScoringAsync(transaction, work.Study, stop);
        await ForwardRows.PlanAsync(transaction, work.Study, credits.Of(order), stop);
        await AuditLedger.AppendAsync(transaction, new(node.Value, "study.closed", work.Study,
            Detail: new JsonObject { ["because"] = because, ["images"] = images }), stop);
        await WorklistRows.NotifyAsync(connection, work.Study, stop);
        await transaction.CommitAsync(stop);
    }

    // Behind a scoring that is under way: it has a series that closed before, and its result stands until a better one's.
    private async Task AskForScoringAsync(DatabaseTransaction transaction, StudyUid study, CancellationToken stop)
    {
        var order = await transaction.Connection.FirstAsync("select order_class from study where study_uid = $1", [study.Value], row => (OrderClass)row.GetInt16(0), stop);
        await SeriesRows.ConsiderAsync(transaction.Connection, study, stop);
        await WorkRows.PushBehindAsync(transaction, Stage.Scoring, study.Value, study, credits.Of(order), stop);
    }
}
