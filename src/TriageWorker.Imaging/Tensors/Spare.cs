using System.Collections.Concurrent;

namespace TriageWorker.Imaging.Tensors;

/// <summary>Memory that is needed for a moment by one core at a time.</summary>
internal sealed class Spare<T>(Func<T> make)
{
    private readonly ConcurrentBag<T> _free = [];

    public void With(Action<T> work)
    {
        var memory = _free.TryTake(out var used) ? used : make();
        work(memory);
        _free.Add(memory);
    }
}
