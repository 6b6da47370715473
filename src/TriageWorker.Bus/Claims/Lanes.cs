using TriageWorker.Store;

namespace TriageWorker.Bus;

/// <summary>
/// The lanes that the claims of one loop are in. Each has slots of its own, so that a destination that hangs keeps nobody waiting
/// but itself. What is in no lane shares one without a name.
/// </summary>
internal sealed class Lanes(int slots)
{
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private readonly AsyncSignal _freed = new();

    /// <summary>Completes when a slot is freed after this was taken.</summary>
    public Task NextFreed => _freed.Next;

    public string[] Full
    {
        get
        {
            lock (_taken) return [.. _taken.Where(lane => lane.Value >= slots).Select(lane => lane.Key)];
        }
    }

    /// <summary>No claim is in any lane.</summary>
    public bool AreEmpty
    {
        get
        {
            lock (_taken) return _taken.Values.All(taken => taken == 0);
        }
    }

    public void Enter(Claim claim)
    {
        lock (_taken) _taken[Of(claim)] = _taken.GetValueOrDefault(Of(claim)) + 1;
    }

    public void Leave(Claim claim)
    {
        lock (_taken) _taken[Of(claim)]--;
        _freed.Wake();
    }

    private static string Of(Claim claim) => claim.Lane ?? "";
}
