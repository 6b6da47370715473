namespace TriageWorker.Store;

/// <summary>A part of this process that can be well or not. It is asked every few seconds (<see cref="AlarmWatch"/>).</summary>
public interface IWatched
{
    /// <summary>Each thing it watches with its trouble, also when there is none: an alarm that an earlier process left open is then cleared.</summary>
    ValueTask<IReadOnlyList<Watched>> LookAsync(CancellationToken stop);
}

/// <summary>One thing that is watched.</summary>
/// <param name="Kind">As in <see cref="Alarm"/>.</param>
/// <param name="Trouble">What is wrong with it now; null when it is well.</param>
/// <param name="Over">What is said when the trouble is over.</param>
public sealed record Watched(string Kind, string Subject, Alarm? Trouble, string Over)
{
    public static Watched Well(string kind, string subject, string over) => new(kind, subject, null, over);

    public static Watched Troubled(Alarm trouble, string over) => new(trouble.Kind, trouble.Subject, trouble, over);
}
