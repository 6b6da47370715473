namespace TriageWorker.Store;

/// <summary>The spool of this process, watched: its volume, and the room on it.</summary>
/// <remarks>A failed sync lasts until the process is started again, and so does its alarm.</remarks>
public sealed class WatchedSpool(Spool spool) : IWatched
{
    public const string Failing = "spool.failing", Full = "spool.full";

    public ValueTask<IReadOnlyList<Watched>> LookAsync(CancellationToken stop) => ValueTask.FromResult<IReadOnlyList<Watched>>(
    [
        spool.Failure is { } failure
            ? Watched.Troubled(new(Failing, Subject, AlarmSeverity.Critical,
                $"{Sentence(failure)} Nothing more is taken by this process; scanners are told to come back. Look at the disk, then start the process again."), Mended)
            : Watched.Well(Failing, Subject, Mended),
        spool is { Failure: null, Trouble: { } full }
            ? Watched.Troubled(new(Full, Subject, AlarmSeverity.Critical, $"{Sentence(full)} Nothing more is taken until there is room; scanners are told to come back."), RoomAgain)
            : Watched.Well(Full, Subject, RoomAgain),
    ]);

    private const string Mended = "The process was started again and its disk syncs.", RoomAgain = "There is room again.";

    private string Subject => $"{Environment.MachineName}:{spool.Folder}";

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..].TrimEnd('.')}.";
}
