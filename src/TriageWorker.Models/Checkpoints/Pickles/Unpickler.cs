namespace TriageWorker.Models.Checkpoints.Pickles;

/// <summary>
/// A machine for the opcodes that build tensors (Python's pickletools, protocols 2 to 5), and for no others. It knows a handful of names
/// (<see cref="PickleName"/>) and runs nothing: a checkpoint is data, never code. It never recurses.
/// </summary>
internal sealed class Unpickler
{
    private const int OldestProtocol = 2, NewestProtocol = 5;

    private readonly PickleBytes _bytes;
    private readonly PickleStack _stack;
    private readonly TensorBuilding _building;

    /// <param name="building">May be shared by the pickles of one file.</param>
    public Unpickler(PickleBytes bytes, TensorBuilding building) => (_bytes, _stack, _building) = (bytes, new PickleStack(bytes), building);

    /// <summary>Reads one pickle, up to its STOP.</summary>
    /// <exception cref="CheckpointException">It does something else than build tensors.</exception>
    public object? Read()
    {
        for (var opcode = _bytes.Opcode(); opcode != '.'; opcode = _bytes.Opcode()) Do(opcode);
        return _stack.Pop();
    }

    private void Do(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: Protocol(_bytes.Byte()); break;
            case 0x95: _bytes.SkipFrameLength(); break; // FRAME: a hint for readers of streams

            case (byte)'N': _stack.Push(null); break;
            case 0x88: _stack.Push(true); break;
            case 0x89: _stack.Push(false); break;
            case (byte)'K': _stack.Push((long)_bytes.Byte()); break;
            case (byte)'M': _stack.Push((long)_bytes.UInt16()); break;
            case (byte)'J': _stack.Push((long)_bytes.Int32()); break;
            case 0x8a: _stack.Push(_bytes.Integer(_bytes.Byte())); break; // LONG1
            case (byte)'G': _stack.Push(_bytes.DoubleBigEndian()); break;
            case (byte)'X': _stack.Push(_bytes.Text(_bytes.UInt32())); break; // BINUNICODE
            case 0x8c: _stack.Push(_bytes.Text(_bytes.Byte())); break; // SHORT_BINUNICODE

            case (byte)'(': _stack.Mark(); break;
            case (byte)')': _stack.Push(new PickleTuple([])); break;
            case (byte)'t': _stack.Push(new PickleTuple(_stack.PopToMark())); break;
            case 0x85: _stack.Push(new PickleTuple(_stack.Pop(1))); break;
            case 0x86: _stack.Push(new PickleTuple(_stack.Pop(2))); break;
            case 0x87: _stack.Push(new PickleTuple(_stack.Pop(3))); break;
            case (byte)']': _stack.Push(new PickleList()); break;
            case (byte)'a': Append([_stack.Pop()]); break;
            case (byte)'e': Append(_stack.PopToMark()); break;
            case (byte)'}': _stack.Push(new PickleDictionary()); break;
            case (byte)'s': SetItems(_stack.Pop(2)); break;
            case (byte)'u': SetItems(_stack.PopToMark()); break;

            case (byte)'q': _stack.Remember(_bytes.Byte()); break; // BINPUT
            case (byte)'r': _stack.Remember(_bytes.UInt32()); break; // LONG_BINPUT
            case 0x94: _stack.RememberNext(); break; // MEMOIZE
            case (byte)'h': _stack.Recall(_bytes.Byte()); break; // BINGET
            case (byte)'j': _stack.Recall(_bytes.UInt32()); break; // LONG_BINGET

            case (byte)'c': _stack.Push(Named(_bytes.Line(), _bytes.Line())); break; // GLOBAL
            case 0x93: StackGlobal(); break;
            case (byte)'Q': _stack.Push(_building.Storage(_stack.Pop<PickleTuple>("a reference to a storage"))); break; // BINPERSID
            case (byte)'R': Reduce(); break;
            case (byte)'b': Build(); break;
            default: throw _bytes.Fault($"opcode 0x{opcode:x2} builds no tensor and is not done: a checkpoint is data, never code");
        }
    }

    private void Protocol(byte version)
    {
        if (version is < OldestProtocol or > NewestProtocol) throw _bytes.Fault($"is a pickle of protocol {version}; {OldestProtocol} to {NewestProtocol} are read");
    }

    private PickleName Named(string module, string name) => PickleName.Find(module, name)
        ?? throw _bytes.Fault($"names {Short(module)}.{Short(name)}, which is none of the few names that dense tensors of numbers are built with: a checkpoint is data, never code, and nothing of this file was run");

    private static string Short(string name) => name.Length > 80 ? $"{name[..80]}…" : name;

    private void StackGlobal()
    {
        var name = _stack.Pop<string>("a name");
        _stack.Push(Named(_stack.Pop<string>("a module's name"), name));
    }

    private void Reduce()
    {
        var arguments = _stack.Pop<PickleTuple>("arguments");
        _stack.Push(_building.Call(_stack.Pop<PickleName.Callable>("what makes tensors"), arguments));
    }

    private void Build()
    {
        var state = _stack.Pop();
        _building.Build(_stack.Peek(), state);
    }

    private void Append(object?[] values)
    {
        var list = _stack.Peek<PickleList>("a list");
        foreach (var value in values) list.Add(value);
        _stack.CheckDepth(list);
    }

    private void SetItems(object?[] pairs)
    {
        var dictionary = _stack.Peek<PickleDictionary>("a dictionary");
        if (pairs.Length % 2 != 0) throw _bytes.Fault("sets a key without a value");
        for (var i = 0; i < pairs.Length; i += 2)
        {
            if (pairs[i] is not (string or long)) throw _bytes.Fault($"has {PickleContainer.Describe(pairs[i])} as a key");
            if (!dictionary.TryAdd(pairs[i]!, pairs[i + 1])) throw _bytes.Fault($"sets {pairs[i]} twice");
        }

        _stack.CheckDepth(dictionary);
    }
}
