namespace TriageWorker.Store;

/// <summary>The spool of this process, watched: its volume, and the room on it.</summary>
/// <remarks>A failed sync lasts until the volume has held several trials (<see cref="SpoolRecovery"/>), and so does its alarm.</remarks>
public sealed class WatchedSpool(Spool spool) : IWatched
{
    public const string Failing = "spool.failing", Full = "spool.full";

    public ValueTask<IReadOnlyList<Watched>> LookAsync(CancellationToken stop) => ValueTask.FromResult<IReadOnlyList<Watched>>(
    [
        spool.Failure is { } failure
            ? Watched.Troubled(new(Failing, Subject, AlarmSeverity.Critical,
                $"{Sentence(failure)} Nothing more is taken by this process; scanners are told to come back. Look at the disk: it is tried every {SpoolRecovery.TryEvery.TotalSeconds:0} s and taken into use again once it has held {SpoolRecovery.HoldsNeeded} times in a row."), Mended)
            : Watched.Well(Failing, Subject, Mended),
        spool is { Failure: null, Trouble: { } low }
            ? Watched.Troubled(new(Full, Subject, AlarmSeverity.Critical, $"{Sentence(low)} Nothing more is taken until there is room; scanners are told to come back."), RoomAgain)
            : spool is { Failure: null, IsFull: true }
            ? Watched.Troubled(new(Full, Subject, AlarmSeverity.Critical, "The disk of the spool is full. What does not fit is refused; scanners are told to send it again."), RoomAgain)
            : Watched.Well(Full, Subject, RoomAgain),
    ]);

    private const string Mended = "The disk syncs again.", RoomAgain = "There is room again.";

    private string Subject => $"{Environment.MachineName}:{spool.Folder}";

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..].TrimEnd('.')}.";
}
