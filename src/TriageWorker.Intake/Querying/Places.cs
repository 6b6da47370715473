namespace TriageWorker.Intake;

/// <summary>So many at once and no more; nobody waits for one.</summary>
internal sealed class Places(int most)
{
    private int _taken;

    /// <returns>Given back by disposing it, once or several times; null when all are taken.</returns>
    public IDisposable? TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= most) return new Place(this);
        Interlocked.Decrement(ref _taken);
        return null;
    }

    private sealed class Place(Places places) : IDisposable
    {
        private Places? _places = places;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _places, null) is { } mine) Interlocked.Decrement(ref mine._taken);
        }
    }
}
