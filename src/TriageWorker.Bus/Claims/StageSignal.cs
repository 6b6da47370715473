using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Bus;

/// <summary>Says in this process that a stage may have something due.</summary>
public sealed class StageSignal(Stage stage) : AsyncSignal
{
    public Stage Stage { get; } = stage;
}

/// <summary>The signals of all stages.</summary>
public sealed class StageSignals : IDisposable
{
    private readonly CancellationTokenSource _handBackNow = new();
    private readonly Dictionary<Stage, StageSignal> _signals = Enum.GetValues<Stage>().ToDictionary(stage => stage, stage => new StageSignal(stage));

    public StageSignal this[Stage stage] => _signals[stage];

    /// <summary>Has every stage look.</summary>
    public void WakeAll()
    {
        foreach (var signal in _signals.Values) signal.Wake();
    }

    /// <summary>Cancelled when a shutdown waits for running work no longer, whatever <see cref="BusOptions.FinishWithin"/> says.</summary>
    public CancellationToken HandBackNow => _handBackNow.Token;

    /// <summary>Cancels running work and hands it back. For a process that is about to end.</summary>
    public void HandBack() => _handBackNow.Cancel();

    public void Dispose() => _handBackNow.Dispose();
}
