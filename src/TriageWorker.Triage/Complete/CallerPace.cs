namespace TriageWorker.Triage;

/// <summary>How long a caller pauses in the middle of a study, learned from its studies: what it must be waited for.</summary>
/// <param name="Pauses">The longest pause of each study, in seconds; one value for each study.</param>
public sealed record CallerPace(PauseQuantile Pauses)
{
    /// <summary>Fewer studies than this say nothing yet.</summary>
    public const int LeastStudies = 5;

    /// <summary>How much longer than its pauses a caller is waited for.</summary>
    private const double Margin = 1.5;

    /// <summary>The learned pause is never taken for shorter: some scanners open one association for each image.</summary>
    public static TimeSpan LeastPause { get; } = TimeSpan.FromSeconds(2);

    public static CallerPace Unknown { get; } = new(PauseQuantile.Empty);

    /// <summary>What most of its studies pause for at the longest; null while too few were seen.</summary>
    public TimeSpan? Usual => Pauses.Count < LeastStudies ? null : TimeSpan.FromSeconds(Pauses.Value);

    /// <summary>The silence after which a series whose slices have no gap has no more to come: at least 2 s, and as long as the idle time at most.</summary>
    public TimeSpan PauseOf(TimeSpan ownLongest, TimeSpan idle) => Shorter(Longer(LeastPause, Learned(ownLongest)), Longer(idle, LeastPause));

    /// <summary>The silence after which a study is complete, whatever it looks like.</summary>
    /// <param name="configured">The site's; it is never shortened.</param>
    /// <param name="ownLongest">The longest pause that this study has gone on after.</param>
    /// <param name="longest">No caller is waited for longer, however long it pauses.</param>
    public TimeSpan IdleOf(TimeSpan configured, TimeSpan ownLongest, TimeSpan longest) => Longer(configured, Shorter(longest, Learned(ownLongest)));

    private TimeSpan Learned(TimeSpan ownLongest) => Longer(Usual ?? TimeSpan.Zero, ownLongest) * Margin;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
