namespace TriageWorker.Models.Checkpoints.Pickles;

/// <summary>The few calls of a checkpoint's pickle, done by hand: references to storages become views of them.</summary>
internal sealed class TensorBuilding(PickleBytes bytes)
{
    private readonly Dictionary<string, StoredNumbers> _storages = new(StringComparer.Ordinal);

    /// <summary>Every storage that was referred to, by key. Where it lies is the layout's to say.</summary>
    public IReadOnlyDictionary<string, StoredNumbers> Storages => _storages;

    /// <summary>BINPERSID: <c>('storage', class, key, location, count)</c>, in the old layout with a sixth item for views. The location is ignored.</summary>
    public StoredNumbers Storage(PickleTuple reference)
    {
        if (reference.Items is not ["storage", PickleName.StorageClass { Type: var type }, string key, string or null, long count, .. var rest])
            throw bytes.Fault("refers to something that is no storage");
        if (rest is not ([] or [null])) throw bytes.Fault($"refers to storage {key} as a part of another, which only very old files do");
        if (count < 0 || count > long.MaxValue / type.Size) throw bytes.Fault($"says that storage {key} has {count} numbers");
        if (!_storages.TryGetValue(key, out var known)) return _storages[key] = new StoredNumbers(key, type, count);
        return known.Type == type && known.Count == count ? known
            : throw bytes.Fault($"refers to storage {key} as {count} numbers of {type}, and before as {known.Count} of {known.Type}");
    }

    public object? Call(PickleName.Callable callable, PickleTuple arguments) => (callable.Call, arguments.Items) switch
    {
        (TensorCall.OrderedDictionary, []) => new PickleDictionary(),
        // requires_grad and hooks are for training; metadata would mean a view that is conjugated or negated.
        (TensorCall.RebuildTensor, [StoredNumbers numbers, long offset, PickleTuple size, PickleTuple stride, bool, PickleDictionary or null]) => Tensor(numbers, offset, size, stride),
        (TensorCall.RebuildTensor, [StoredNumbers numbers, long offset, PickleTuple size, PickleTuple stride, bool, PickleDictionary or null, null]) => Tensor(numbers, offset, size, stride),
        (TensorCall.RebuildParameter, [StoredTensor tensor, bool, PickleDictionary or null]) => tensor,
        _ => throw bytes.Fault($"calls {callable.Call} with what does not make one: ({string.Join(", ", arguments.Items.Take(8).Select(PickleContainer.Describe))})"),
    };

    /// <summary>BUILD sets attributes; the only object that has any here is a state dictionary with its <c>_metadata</c>, which says versions of modules.</summary>
    public void Build(object? target, object? state)
    {
        if (target is not PickleDictionary || state is not PickleDictionary attributes || attributes.Items.Any(attribute => attribute.Key is not "_metadata"))
            throw bytes.Fault("sets attributes other than a dictionary's _metadata");
    }

    private StoredTensor Tensor(StoredNumbers numbers, long offset, PickleTuple size, PickleTuple stride) =>
        StoredTensor.TryCreate(numbers, offset, Sizes(size), Sizes(stride), out var fault) ?? throw bytes.Fault(fault);

    private long[] Sizes(PickleTuple tuple)
    {
        if (tuple.Items.Length > PickleStack.DeepestNesting) throw bytes.Fault($"a tensor has {tuple.Items.Length} axes");
        return [.. tuple.Items.Select(item => item is long size ? size : throw bytes.Fault($"a size is {PickleContainer.Describe(item)}"))];
    }
}
