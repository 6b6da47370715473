using System.Collections.Concurrent;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tensors;

/// <summary>
/// What the slab in work needs of the slices. A slice is read when the first slab reaches it, stays while the next one does, and its
/// memory is used again.
/// </summary>
/// <param name="slices">Of the image.</param>
/// <param name="make">Memory for one slice.</param>
/// <param name="read">Fills it; called by several threads at once.</param>
internal sealed class SliceWindow<T>(int slices, Func<T> make, Action<int, T> read, Cores cores)
    where T : class
{
    private readonly T?[] _held = new T?[slices];
    private readonly ConcurrentBag<T> _free = [];

    public T this[int slice] => _held[slice] ?? throw new InvalidOperationException($"Slice {slice} is outside the slab.");

    /// <summary>Reads those that are wanted and not here, and lets all others go.</summary>
    public void Hold(int[] wanted)
    {
        foreach (var gone in Enumerable.Range(0, slices).Except(wanted))
        {
            if (_held[gone] is { } memory) _free.Add(memory);
            _held[gone] = null;
        }

        int[] missing = [.. wanted.Where(slice => _held[slice] is null)];
        cores.ForEach(missing.Length, n =>
        {
            var memory = _free.TryTake(out var used) ? used : make();
            read(missing[n], memory);
            _held[missing[n]] = memory;
        });
    }
}
