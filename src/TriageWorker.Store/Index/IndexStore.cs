using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>
/// Makes received files known, a batch in one transaction. Nothing here grows with the number of studies stored, and
/// running a batch again (its commit may have been lost on the way back) changes nothing.
/// </summary>
public sealed class IndexStore(Database database, NodeName node, RankCredits rank, WorkCredits credits, IOptions<CompletenessOptions> completeness, TimeProvider clock)
{
    // Machines that keep their time are this close; what is further off is not their time.
    private static readonly TimeSpan SameTime = TimeSpan.FromSeconds(1);

    public async Task<IndexResult> CommitAsync(IndexBatch batch, CancellationToken stop)
    {
        foreach (var instance in batch.Instances) Check(instance);
        await using var transaction = await database.BeginAsync(stop);
        var connection = transaction.Connection;
        batch = await OnDatabaseTimeAsync(connection, batch, stop);

        // Rows are taken in one order (associations, studies; each by id), so two listeners cannot wait for each other.
        await AssociationRows.UpsertAsync(transaction, node, batch.Associations, stop);
        var studies = batch.Instances.Select(instance => instance.Study).DistinctBy(study => study.Uid)
            .OrderBy(study => study.Uid.Value, StringComparer.Ordinal).ToArray();
        await StudyRows.AddMissingAsync(connection, studies, batch.Instances, stop);
        var locked = await StudyRows.LockAsync(connection, studies, completeness.Value.Ceiling, stop);
        await SpooledRows.NoteAsync(connection, batch, stop); // once locked: retention says under the same lock that a study has no images
        var added = await InstanceRows.AddAsync(connection, batch.Instances, batch.Spool, "received", stop);
        if (added.Count < batch.Instances.Count) await SpooledRows.PlaceAsync(connection, batch, stop);
        IReadOnlyList<SopInstanceUid> conflicts = [];
        if (added.Count > 0)
        {
            conflicts = await InstanceRows.MarkConflictsAsync(connection, added, stop);
            await StudyRows.CountAsync(connection, batch.Instances, added, completeness.Value.LongestIdleTime, stop);
            await WorklistRows.AddMissingAsync(connection, studies, rank, stop);
            var listed = await ManifestRows.MeetAsync(connection, added, stop);
            var changed = added.Select(row => row.Study).ToHashSet();
            foreach (var study in studies.Where(study => changed.Contains(study.Uid)))
                await WorkRows.PushAsync(transaction, Stage.Closing, study.Uid.Value, study.Uid, FirstLook(study, listed, locked), credits.Of(study.Order), stop);
        }

        await transaction.CommitAsync(stop);
        return new IndexResult(added.Count, conflicts) { Traces = locked.Traces };
    }

    /// <summary>Makes an object of our own (a report) known to readers of the spool. It opens no study again and is never scored.</summary>
    /// <param name="spool">Where its file lies; null where nobody says.</param>
    /// <returns>False when it was known already.</returns>
    public async Task<bool> AddOwnAsync(InstanceArrival instance, Guid? spool, CancellationToken stop)
    {
        Check(instance);
        await using var transaction = await database.BeginAsync(stop);
        var added = await InstanceRows.AddAsync(transaction.Connection, [instance], spool, "own", stop);
        if (added.Count > 0) await StudyRows.AddSeriesAsync(transaction.Connection, instance, stop);
        await transaction.CommitAsync(stop);
        return added.Count > 0;
    }

    /// <summary>The first moment at which the study may be complete, or one of its series; whoever looks then says when to look again.</summary>
    private static TimeSpan FirstLook(StudyArrival study, HashSet<StudyUid> listed, LockedStudies locked)
    {
        if (listed.Contains(study.Uid)) return TimeSpan.Zero;
        var pause = study.IdleTime < CallerPace.LeastPause ? study.IdleTime : CallerPace.LeastPause;
        return locked.UntilCeiling.TryGetValue(study.Uid, out var left) && left < pause ? left : pause;
    }

    /// <summary>
    /// The list ranks arrivals of all listeners against each other, so they are kept in the database's time. How long ago each
    /// was is the listener's to say: its clock may show anything, as long as it goes.
    /// </summary>
    private async Task<IndexBatch> OnDatabaseTimeAsync(NpgsqlConnection connection, IndexBatch batch, CancellationToken stop)
    {
        if (batch.Instances.Count == 0) return batch;
        var ahead = clock.GetUtcNow() - await connection.FirstAsync("select clock_timestamp()", [], row => row.Time(0), stop);
        return ahead.Duration() < SameTime ? batch : batch with
        {
            Associations = [.. batch.Associations.Select(association => association with { OpenedAt = association.OpenedAt - ahead })],
            Instances = [.. batch.Instances.Select(instance => instance with { ReceivedAt = instance.ReceivedAt - ahead })],
        };
    }

    private static void Check(InstanceArrival instance)
    {
        StoredText.Uid(instance.Study.Uid.Value, "Study Instance UID");
        StoredText.Uid(instance.Series.Uid.Value, "Series Instance UID");
        StoredText.Uid(instance.Sop.Value, "SOP Instance UID");
        if (instance.Digest.Length != 32) throw new ArgumentException($"A content digest has 32 bytes, not {instance.Digest.Length}.");
    }
}
