namespace TriageWorker.Models.Checkpoints.Pickles;

/// <summary>The stack, marks and memo of the unpickling machine, with limits far above what a checkpoint needs.</summary>
internal sealed class PickleStack(PickleBytes bytes)
{
    public const int DeepestNesting = 32, MostValues = 1 << 20;

    private readonly List<object?> _values = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];

    public void Push(object? value)
    {
        if (value is PickleContainer { Depth: > DeepestNesting }) throw TooDeep();
        if (_values.Count >= MostValues) throw bytes.Fault($"has more than {MostValues} values under construction");
        _values.Add(value);
    }

    public object? Pop()
    {
        if (_values.Count <= Floor) throw bytes.Fault("takes a value that is not there");
        var value = _values[^1];
        _values.RemoveAt(_values.Count - 1);
        return value;
    }

    public object? Peek() => _values.Count > Floor ? _values[^1] : throw bytes.Fault("takes a value that is not there");

    /// <summary>The topmost value, which must be a <typeparamref name="T"/>; it stays.</summary>
    public T Peek<T>(string what) => Peek() is T value ? value : throw bytes.Fault($"wants {what} and finds {PickleContainer.Describe(Peek())}");

    public T Pop<T>(string what) => Pop() is var value && value is T wanted ? wanted : throw bytes.Fault($"wants {what} and finds {PickleContainer.Describe(value)}");

    public void Mark()
    {
        if (_marks.Count >= DeepestNesting) throw TooDeep();
        _marks.Push(_values.Count);
    }

    public object?[] PopToMark()
    {
        if (!_marks.TryPop(out var mark)) throw bytes.Fault("takes back to a mark that is not there");
        object?[] above = [.. _values[mark..]];
        _values.RemoveRange(mark, _values.Count - mark);
        return above;
    }

    public object?[] Pop(int count)
    {
        var taken = new object?[count];
        for (var i = count - 1; i >= 0; i--) taken[i] = Pop();
        return taken;
    }

    public void Remember(uint key)
    {
        if (_memo.Count >= MostValues) throw bytes.Fault($"keeps more than {MostValues} values");
        _memo[key] = Peek();
    }

    public void RememberNext() => Remember((uint)_memo.Count);

    public void Recall(uint key) => Push(_memo.TryGetValue(key, out var value) ? value : throw bytes.Fault($"recalls value {key}, which was not kept"));

    /// <summary>After something was put into a container that stays on the stack.</summary>
    public void CheckDepth(PickleContainer container)
    {
        if (container.Depth > DeepestNesting) throw TooDeep();
    }

    /// <summary>What lies below the last mark is out of reach.</summary>
    private int Floor => _marks.TryPeek(out var mark) ? mark : 0;

    private CheckpointException TooDeep() => bytes.Fault($"nests deeper than {DeepestNesting}, which no checkpoint needs");
}
