namespace TriageWorker.Bus;

/// <summary>
/// The lanes that the claims of one loop are in. None may hold every slot: a destination that hangs would keep all
/// others waiting.
/// </summary>
internal sealed class Lanes(int slots) : IDisposable
{
    private readonly SemaphoreSlim _claiming = new(1);
    private readonly List<string> _taken = [];

    /// <summary>Claims one at a time, so that two slots do not fill a lane at once.</summary>
    /// <param name="claim">Given the lanes that are full.</param>
    public async Task<Claim?> ClaimAsync(Func<string[], Task<Claim?>> claim, CancellationToken stop)
    {
        await _claiming.WaitAsync(stop);
        try
        {
            var claimed = await claim(Full());
            if (claimed?.Lane is { } lane) lock (_taken) _taken.Add(lane);
            return claimed;
        }
        finally
        {
            _claiming.Release();
        }
    }

    public void Leave(Claim claim)
    {
        if (claim.Lane is { } lane) lock (_taken) _taken.Remove(lane);
    }

    public void Dispose() => _claiming.Dispose();

    private string[] Full()
    {
        if (slots == 1) return [];
        lock (_taken) return [.. _taken.CountBy(lane => lane).Where(lane => lane.Value >= slots - 1).Select(lane => lane.Key)];
    }
}
