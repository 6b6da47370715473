using TriageWorker.Triage;

namespace TriageWorker.Store;

public sealed record EvidenceRow(string Kind, string Sentence, DateTimeOffset At);

/// <param name="Quality">Coverage and other figures of the input.</param>
/// <param name="Timings">Milliseconds by step.</param>
public sealed record ResultRow(GenerationId Generation, StudyScores Scores, string Provider, string CodeVersion, string TensorDigest,
    IReadOnlyDictionary<string, double> Quality, IReadOnlyDictionary<string, double> Timings, DateTimeOffset CommittedAt);

public sealed record DeliveryRow(Guid Id, Guid Decision, string Destination, DocumentKind Document, string State, string? Because, string? SopUid,
    DateTimeOffset CreatedAt, DateTimeOffset? DeliveredAt);

public sealed record WorkRow(Stage Stage, string Key, string State, int Attempts, DateTimeOffset DueAt, string? LastError);

/// <param name="Detail">The line's JSON object.</param>
public sealed record AuditRow(long Id, DateTimeOffset At, string Actor, string Event, GenerationId? Generation, string Detail);

/// <summary>Everything about one study, each list oldest first.</summary>
public sealed record StudyPage(
    StudyRow Study, WorklistRow? Worklist, IReadOnlyList<SeriesRow> Series, IReadOnlyList<EvidenceRow> Evidence, IReadOnlyList<SelectionRow> Selection,
    IReadOnlyList<GenerationRow> Generations, IReadOnlyList<ResultRow> Results, IReadOnlyList<DecisionRow> Decisions,
    IReadOnlyList<DeliveryRow> Deliveries, IReadOnlyList<WorkRow> Work, IReadOnlyList<AuditRow> Audit);

/// <summary>Answers "where is study X, and why?" in one reading.</summary>
public sealed class StudyPageStore(Database database, StudyStore studies, WorklistStore worklist, SelectionStore selection)
{
    /// <summary>Null when there is no such study.</summary>
    public async Task<StudyPage?> FindAsync(StudyUid study, CancellationToken stop)
    {
        if (await studies.FindAsync(study, stop) is not { } row) return null;
        return new StudyPage(row, await worklist.FindAsync(study, stop), await studies.SeriesAsync(study, stop), await EvidenceAsync(study, stop),
            await selection.OfAsync(study, stop), await GenerationsAsync(study, stop), await ResultsAsync(study, stop), await DecisionsAsync(study, stop),
            await DeliveriesAsync(study, stop), await WorkAsync(study, stop), await AuditAsync(study, stop));
    }

    public async Task<List<DecisionRow>> DecisionsAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync($"select {DecisionRow.Columns} from decision d where d.study_uid = $1 order by d.decided_at", [study.Value], DecisionRow.Read, stop);
    }

    public async Task<List<AuditRow>> AuditAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync("select id, at, actor, event, generation_id, detail::text from audit where study_uid = $1 order by id", [study.Value],
            row => new AuditRow(row.GetInt64(0), row.Time(1), row.GetString(2), row.GetString(3),
                row.GuidOrNull(4) is { } generation ? new GenerationId(generation) : null, row.GetString(5)), stop);
    }

    public async Task<List<DeliveryRow>> DeliveriesAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            select id, decision_id, destination, document, state, because, sop_uid, created_at, delivered_at
            from delivery where study_uid = $1 order by created_at, id
            """,
            [study.Value],
            row => new DeliveryRow(row.GetGuid(0), row.GetGuid(1), row.GetString(2), Enum.Parse<DocumentKind>(row.GetString(3), ignoreCase: true),
                row.GetString(4), row.TextOrNull(5), row.TextOrNull(6), row.Time(7), row.TimeOrNull(8)), stop);
    }

    private async Task<List<EvidenceRow>> EvidenceAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync("select kind, sentence, at from evidence where study_uid = $1 order by id", [study.Value],
            row => new EvidenceRow(row.GetString(0), row.GetString(1), row.Time(2)), stop);
    }

    private async Task<List<GenerationRow>> GenerationsAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync($"select {GenerationStore.Columns} from generation g where g.study_uid = $1 order by g.created_at",
            [study.Value], GenerationStore.Read, stop);
    }

    private async Task<List<ResultRow>> ResultsAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            select r.generation_id, r.scores::text, r.provider, r.code_version, encode(r.tensor_digest, 'hex'), r.quality::text, r.timings::text, r.committed_at
            from result r join generation g on g.id = r.generation_id where g.study_uid = $1 order by r.committed_at
            """,
            [study.Value],
            row => new ResultRow(new(row.GetGuid(0)), StoreJson.ReadScores(row.GetString(1)), row.GetString(2), row.GetString(3), row.GetString(4),
                StoreJson.ReadFigures(row.GetString(5)), StoreJson.ReadFigures(row.GetString(6)), row.Time(7)), stop);
    }

    private async Task<List<WorkRow>> WorkAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync("select stage, key, state, attempts, due_at, last_error from work where study_uid = $1 order by id", [study.Value],
            row => new WorkRow(Enum.Parse<Stage>(row.GetString(0), ignoreCase: true), row.GetString(1), row.GetString(2), row.GetInt32(3), row.Time(4),
                row.TextOrNull(5)), stop);
    }
}
