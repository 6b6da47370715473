using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>What goes into one commit: sealed files, and the state of the associations around them.</summary>
internal sealed class Batch
{
    private const string Unknown = "unknown";

    // Until its lease ends, an association without an ending counts as open, also when this process is gone.
    private static readonly TimeSpan s_leaseFor = TimeSpan.FromMinutes(1), s_renewEvery = TimeSpan.FromSeconds(15);

    private readonly IReadOnlyList<SpooledObject> _files;
    private readonly IReadOnlyList<LiveAssociation> _live, _written;
    private readonly List<AssociationArrival> _associations;

    private Batch(
        IReadOnlyList<SpooledObject> files, IReadOnlyList<LiveAssociation> live, IReadOnlyList<LiveAssociation> written, List<AssociationArrival> associations,
        IReadOnlyList<LiveAssociation> ended) => (_files, _live, _written, _associations, Ended) = (files, live, written, associations, ended);

    public IReadOnlyList<SpooledObject> Files => _files;

    /// <summary>Associations whose end this batch records.</summary>
    public IReadOnlyList<LiveAssociation> Ended { get; }

    /// <summary>Whether an association may bring more after this batch.</summary>
    public bool IsOpen(Guid? association) => _live.Any(open => open.Caller.AssociationId == association) && Ended.All(ended => ended.Caller.AssociationId != association);

    public bool IsEmpty => _files.Count == 0 && _associations.Count == 0;

    /// <summary>Takes at most <paramref name="most"/> files from the backlog.</summary>
    public static Batch Gather(Spool spool, LiveAssociations live, int most, DateTimeOffset now)
    {
        // The order matters. What had ended before the backlog was read has all its files in it or in an earlier batch, so its end may be
        // recorded; what opened while it was read must be in the batch, because instance rows point to it.
        var ended = live.All.Where(association => association.Ending is not null).ToHashSet();
        var files = spool.Backlog().Take(most).ToList();
        if (files.Count == most) ended.Clear();
        var all = live.All;
        var written = all.Where(association => association.StoredAt is not { } at || now - at >= s_renewEvery || ended.Contains(association)).ToList();
        var associations = written.Select(association => association.Arrival(s_leaseFor, ended.Contains(association))).ToList();
        associations.AddRange(Orphans(files, [.. all.Select(association => association.Caller.AssociationId)]));
        return new Batch(files, all, written, associations, [.. ended]);
    }

    public IndexBatch ToIndex(IReadOnlyList<string> paths, CallerRules rules)
    {
        // Of an association that is here the entry is known that let it in; of one of a process that ended, only its title is.
        var live = _live.ToDictionary(association => association.Caller.AssociationId, association => association.Treatment);
        CallerTreatment Treatment(SpooledObject file) => live.GetValueOrDefault(file.Mark.AssociationId) ?? rules.Treatment(file.Caller);
        return new([.. _associations.Select(association => association.ForwardTo is null ? association with { ForwardTo = rules.Treatment(association.CallingAe).Forward } : association)],
            [.. _files.Select((file, i) => FirstRow.Of(file, paths[i], Treatment(file)))]);
    }

    /// <summary>Notes that the rows are in the database.</summary>
    public void Stored(DateTimeOffset now)
    {
        foreach (var association in _written) association.StoredAt = now;
    }

    /// <summary>The database may not have the rows after all: the next batch brings those of every association that is open.</summary>
    public void Unstored()
    {
        foreach (var association in _live) association.StoredAt = null;
    }

    /// <summary>This batch as one of each file, for when one of them spoils it.</summary>
    public IEnumerable<Batch> Single() => _files.Select(file => new Batch([file], _live, _written, _associations, []));

    // Files adopted from a process that died speak of associations that this process never had.
    private static IEnumerable<AssociationArrival> Orphans(List<SpooledObject> files, HashSet<Guid> live) => files
        .Where(file => file.Mark.AssociationId != Guid.Empty && !live.Contains(file.Mark.AssociationId))
        .GroupBy(file => file.Mark.AssociationId)
        .Select(group => new AssociationArrival(
            group.Key, group.First().Caller, group.First().Head.ReceivingAe, Unknown, group.Min(file => file.Mark.ReceivedAt), TimeSpan.Zero,
            group.Count(), 0, group.Sum(file => file.Mark.DataSetLength), Store.AssociationEnding.Lost));
}
