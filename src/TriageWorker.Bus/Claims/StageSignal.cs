using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Bus;

/// <summary>Says in this process that a stage may have something due.</summary>
public sealed class StageSignal(Stage stage) : AsyncSignal
{
    public Stage Stage { get; } = stage;
}

/// <summary>The signals of all stages.</summary>
public sealed class StageSignals
{
    private readonly Dictionary<Stage, StageSignal> _signals = Enum.GetValues<Stage>().ToDictionary(stage => stage, stage => new StageSignal(stage));

    public StageSignal this[Stage stage] => _signals[stage];
}
