namespace TriageWorker.Models.Checkpoints.Pickles;

/// <summary>What may be called while tensors are built. Each is done by code of ours; nothing of Python's is.</summary>
internal enum TensorCall
{
    RebuildTensor,
    RebuildParameter,
    OrderedDictionary,
}

/// <summary>
/// A name of Python's that a pickle of tensors needs. There are no others: a pickle that names anything else could do anything,
/// and is refused where it names it, before anything is built.
/// </summary>
internal abstract record PickleName
{
    private const string TorchModule = "torch";

    public static PickleName? Find(string module, string name) => (module, name) switch
    {
        ("torch._utils", "_rebuild_tensor_v2") => new Callable(TensorCall.RebuildTensor),
        ("torch._utils", "_rebuild_parameter") => new Callable(TensorCall.RebuildParameter),
        ("collections", "OrderedDict") => new Callable(TensorCall.OrderedDictionary),
        (TorchModule, _) when ElementTypes.OfStorageClass(name) is { } type => new StorageClass(type),
        _ => null,
    };

    public sealed record Callable(TensorCall Call) : PickleName;

    public sealed record StorageClass(ElementType Type) : PickleName;
}
