namespace TriageWorker.Dicom.Network;

/// <summary>The state of one side of an association, moved by <see cref="UpperLayerTable"/> alone, from any thread; and how it ended.</summary>
internal sealed class UpperLayerMachine(bool isRequestor)
{
    private readonly Lock _gate = new();
    private volatile UpperLayerState _state = UpperLayerState.Idle;
    private volatile UpperLayerEnding? _ending;

    public bool IsRequestor => isRequestor;

    public UpperLayerState State => _state;

    public UpperLayerEnding? Ending => _ending;

    /// <summary>Moves, if the event can happen in this state.</summary>
    public bool TryApply(UpperLayerEvent happened, out UpperLayerAction action)
    {
        lock (_gate)
        {
            action = UpperLayerTable.Action(_state, happened);
            if (action == UpperLayerAction.None) return false;
            _state = UpperLayerTable.Next(action, isRequestor);
            return true;
        }
    }

    /// <exception cref="InvalidOperationException">The event cannot happen in this state: a fault of ours.</exception>
    public UpperLayerAction Apply(UpperLayerEvent happened) =>
        TryApply(happened, out var action) ? action : throw new InvalidOperationException($"{happened} is not possible in state {_state}.");

    /// <summary>Keeps the first ending; false when there is one already.</summary>
    public bool End(UpperLayerEnding ending) => Interlocked.CompareExchange(ref _ending, ending, null) is null;
}
