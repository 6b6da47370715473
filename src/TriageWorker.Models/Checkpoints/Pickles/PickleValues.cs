namespace TriageWorker.Models.Checkpoints.Pickles;

/// <summary>What a pickle is made of, beside null, bool, long, BigInteger, double, string and tensors.</summary>
internal abstract class PickleContainer
{
    /// <summary>How deep it nests, itself included.</summary>
    public int Depth { get; private set; } = 1;

    protected void Hold(object? value)
    {
        if (value is PickleContainer inner) Depth = Math.Max(Depth, inner.Depth + 1);
    }

    /// <summary>In words, for a fault: what stands where a tensor is wanted.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "None",
        bool => "a truth value",
        string => "a text",
        StoredTensor => "a tensor",
        PickleTuple => "a tuple",
        PickleList => "a list",
        PickleDictionary => "a dictionary",
        PickleName name => name.ToString(),
        StoredNumbers => "a storage",
        _ => "a number",
    };
}

internal sealed class PickleTuple : PickleContainer
{
    public PickleTuple(object?[] items)
    {
        Items = items;
        foreach (var item in items) Hold(item);
    }

    public object?[] Items { get; }
}

internal sealed class PickleList : PickleContainer
{
    private readonly List<object?> _items = [];

    public IReadOnlyList<object?> Items => _items;

    public void Add(object? value)
    {
        Hold(value);
        _items.Add(value);
    }
}

/// <summary>Only texts and numbers are keys here: what else Python allows, a checkpoint does not need.</summary>
internal sealed class PickleDictionary : PickleContainer
{
    private readonly OrderedDictionary<object, object?> _items = [];

    public IEnumerable<KeyValuePair<object, object?>> Items => _items;

    public object? this[object key] => _items.GetValueOrDefault(key);

    /// <returns>False for a key that is already there: the later value would silently win.</returns>
    public bool TryAdd(object key, object? value)
    {
        Hold(value);
        return _items.TryAdd(key, value);
    }
}
