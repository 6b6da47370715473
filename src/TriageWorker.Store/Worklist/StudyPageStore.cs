using System.Collections.ObjectModel;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <param name="Kind">study, series, or manifest: what a list said of a study that was complete.</param>
/// <param name="Series">Of a series that closed before its study did.</param>
public sealed record EvidenceRow(string Kind, string Sentence, DateTimeOffset At, SeriesUid? Series);

/// <param name="Quality">Coverage and other figures of the input.</param>
/// <param name="Timings">Milliseconds by step.</param>
public sealed record ResultRow(GenerationId Generation, StudyScores Scores, string Provider, string CodeVersion, string TensorDigest,
    IReadOnlyDictionary<string, double> Quality, IReadOnlyDictionary<string, double> Timings, DateTimeOffset CommittedAt)
{
    /// <summary>What came after the decision; null while nothing has, or nothing is to.</summary>
    public ResultAddition? Addition { get; init; }

    /// <summary>The scores with the risks that were added.</summary>
    public StudyScores Known => Addition is { } addition ? Scores with { Risks = [.. Scores.Risks, .. addition.Risks] } : Scores;
}

public sealed record DeliveryRow(Guid Id, Guid Decision, string Destination, DocumentKind Document, string State, string? Because, string? SopUid,
    DateTimeOffset CreatedAt, DateTimeOffset? DeliveredAt);

/// <param name="State">due, leased, done or dead.</param>
/// <param name="ChangedAt">Of a leased row: since when it is worked on.</param>
public sealed record WorkRow(long Id, Stage Stage, string Key, string State, int Attempts, DateTimeOffset DueAt, DateTimeOffset Urgency, string? LeaseOwner,
    DateTimeOffset ChangedAt, string? LastError)
{
    /// <summary>It is of a result that is decided on, and comes after the urgent work.</summary>
    public bool IsDeferred => DeferredWork.IsKey(Key);
}

/// <param name="Detail">The line's JSON object.</param>
public sealed record AuditRow(long Id, DateTimeOffset At, string Actor, string Event, GenerationId? Generation, string Detail);

/// <summary>Images whose files are gone from the spool.</summary>
/// <param name="Since">When the first of them was missed.</param>
public sealed record MissingImages(int Images, DateTimeOffset Since);

/// <summary>Everything about one study, each list oldest first.</summary>
public sealed record StudyPage(
    StudyRow Study, WorklistRow? Worklist, IReadOnlyList<SeriesRow> Series, IReadOnlyList<EvidenceRow> Evidence, IReadOnlyList<SelectionRow> Selection,
    IReadOnlyList<GenerationRow> Generations, IReadOnlyList<ResultRow> Results, IReadOnlyList<DecisionRow> Decisions,
    IReadOnlyList<DeliveryRow> Deliveries, IReadOnlyList<WorkRow> Work, IReadOnlyList<AuditRow> Audit)
{
    /// <summary>Those that brought at least one image of it, by their opening.</summary>
    public required IReadOnlyList<AssociationRow> Associations { get; init; }

    /// <summary>Series of documents that this product made about it.</summary>
    public required IReadOnlySet<SeriesUid> OwnSeries { get; init; }

    /// <summary>Null when no image came twice with another content.</summary>
    public ConflictingImages? Conflicts { get; init; }

    /// <summary>Its originals on their way to other archives.</summary>
    public IReadOnlyList<ForwardRow> Forwards { get; init; } = [];

    /// <summary>Null when every image that has a row has its file, as far as it was looked at.</summary>
    public MissingImages? Missing { get; init; }

    /// <summary>Images that came again in another syntax and wait to be compared.</summary>
    public int Suspects { get; init; }

    /// <summary>The work of a stage that is not over; null when there is none. See <see cref="Deferred"/> for what is not urgent.</summary>
    public WorkRow? Pending(Stage stage) => Work.FirstOrDefault(work => work.Stage == stage && !work.IsDeferred && work.State is ("due" or "leased"));

    /// <summary>The newest work after the urgent one that is not over; null when there is none.</summary>
    public WorkRow? Deferred => Work.LastOrDefault(work => work.IsDeferred && work.State is ("due" or "leased"));

    public WorkRow? WorkOf(ForwardRow round) => Work.FirstOrDefault(work => work.Stage == Stage.Delivery && work.Key == round.WorkKey);

    public WorkRow? WorkOf(DeliveryRow delivery) => Work.FirstOrDefault(work => work.Stage == Stage.Delivery && work.Key == delivery.Id.ToString());
}

/// <summary>Answers "where is study X, and why?" in one reading.</summary>
public sealed class StudyPageStore(Database database, StudyStore studies, WorklistStore worklist, SelectionStore selection, ForwardStore forwards)
{
    /// <summary>Null when there is no such study.</summary>
    public async Task<StudyPage?> FindAsync(StudyUid study, CancellationToken stop)
    {
        if (await studies.FindAsync(study, stop) is not { } row) return null;
        return new StudyPage(row, await worklist.FindAsync(study, stop), await studies.SeriesAsync(study, stop), await EvidenceAsync(study, stop),
            await selection.OfAsync(study, stop), await GenerationsAsync(study, stop), await ResultsAsync(study, stop), await DecisionsAsync(study, stop),
            await DeliveriesAsync(study, stop), await WorkAsync(study, stop), await AuditAsync(study, stop))
        {
            Associations = await AssociationsAsync(study, stop),
            OwnSeries = await OwnSeriesAsync(study, stop),
            Forwards = await forwards.OfAsync(study, stop),
            Conflicts = await ConflictsAsync(study, stop),
            Missing = await MissingAsync(study, stop),
            Suspects = await SuspectsAsync(study, stop),
        };
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
        return await connection.ListAsync("select kind, sentence, at, series_uid from evidence where study_uid = $1 order by id", [study.Value],
            row => new EvidenceRow(row.GetString(0), row.GetString(1), row.Time(2), row.TextOrNull(3) is { } series ? new SeriesUid(series) : null), stop);
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
            $"""
             select r.generation_id, r.provider, r.code_version, encode(r.tensor_digest, 'hex'), r.quality::text, r.timings::text, r.committed_at, {ScoreRows.Columns},
               a.committed_at, a.risks::text, a.because, a.provider, a.timings::text
             from result r join generation g on g.id = r.generation_id left join result_addition a on a.generation_id = r.generation_id
             where g.study_uid = $1 order by r.committed_at
             """,
            [study.Value],
            row => new ResultRow(new(row.GetGuid(0)), ScoreRows.Read(row, 7), row.GetString(1), row.GetString(2), row.GetString(3),
                StoreJson.ReadFigures(row.GetString(4)), StoreJson.ReadFigures(row.GetString(5)), row.Time(6))
            {
                Addition = row.TimeOrNull(10) is not { } at ? null : new ResultAddition(row.TextOrNull(11) is { } risks ? StoreJson.ReadRisks(risks) : [], row.TextOrNull(12), row.TextOrNull(13),
                    row.TextOrNull(14) is { } timings ? StoreJson.ReadFigures(timings) : ReadOnlyDictionary<string, double>.Empty, at),
            }, stop);
    }

    // By stage and key, which are indexed; a delivery's key is its own id.
    private async Task<List<WorkRow>> WorkAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"""
            select w.id, w.stage, w.key, w.state, w.attempts, w.due_at, w.urgency, w.lease_owner, w.changed_at, w.last_error
            from work w where w.stage = any($2) and w.key = $1
            union all
            select w.id, w.stage, w.key, w.state, w.attempts, w.due_at, w.urgency, w.lease_owner, w.changed_at, w.last_error
            from delivery d join work w on w.stage = 'delivery' and w.key = d.id::text where d.study_uid = $1
            union all
            select w.id, w.stage, w.key, w.state, w.attempts, w.due_at, w.urgency, w.lease_owner, w.changed_at, w.last_error
            from forward_round f join work w on w.stage = 'delivery' and w.key = '{ForwardRows.KeyPrefix}' || f.id where f.study_uid = $1
            union all
            select w.id, w.stage, w.key, w.state, w.attempts, w.due_at, w.urgency, w.lease_owner, w.changed_at, w.last_error
            from generation g join work w on w.stage = 'scoring' and w.key = '{DeferredWork.Prefix}' || g.id where g.study_uid = $1
            order by 1
            """,
            [study.Value, Enum.GetValues<Stage>().Except([Stage.Delivery]).Select(stage => stage.Column()).ToArray()],
            row => new WorkRow(row.GetInt64(0), Enum.Parse<Stage>(row.GetString(1), ignoreCase: true), row.GetString(2), row.GetString(3), row.GetInt32(4),
                row.Time(5), row.Time(6), row.TextOrNull(7), row.Time(8), row.TextOrNull(9)), stop);
    }

    private async Task<List<AssociationRow>> AssociationsAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            select a.id, a.node, a.calling_ae, a.peer_address, a.opened_at, brought.images, a.objects, a.refused, a.ended_at, a.ending
            from (select association_id, count(*)::integer as images from instance where study_uid = $1 and association_id is not null group by association_id) brought
            join association a on a.id = brought.association_id order by a.opened_at, a.id
            """,
            [study.Value],
            row => new AssociationRow(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Time(4), row.GetInt32(5), row.GetInt32(6), row.GetInt32(7),
                row.TimeOrNull(8), row.TextOrNull(9) is { } ending ? Enum.Parse<AssociationEnding>(ending, ignoreCase: true) : null), stop);
    }

    private async Task<HashSet<SeriesUid>> OwnSeriesAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return [.. await connection.ListAsync("select distinct series_uid from instance where study_uid = $1 and origin = 'own'", [study.Value],
            row => new SeriesUid(row.GetString(0)), stop)];
    }

    private async Task<ConflictingImages?> ConflictsAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync(
            "select count(distinct sop_uid)::integer, max(received_at), string_agg(distinct judgement, '; ') from instance where study_uid = $1 and conflict having count(*) > 0", [study.Value],
            row => new ConflictingImages(row.GetInt32(0), row.Time(1), row.TextOrNull(2)), stop);
    }

    private async Task<MissingImages?> MissingAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync(
            "select count(*)::integer, min(missing_since) from instance where study_uid = $1 and missing_since is not null having count(*) > 0", [study.Value],
            row => new MissingImages(row.GetInt32(0), row.Time(1)), stop);
    }

    private async Task<int> SuspectsAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync("select count(distinct sop_uid)::integer from instance where study_uid = $1 and suspect", [study.Value], row => row.GetInt32(0), stop);
    }
}
