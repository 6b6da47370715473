namespace TriageWorker.Models.Checkpoints;

/// <summary>What one number of a stored tensor is.</summary>
internal enum ElementType
{
    Float64,
    Float32,
    Float16,
    BFloat16,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt8,
    Bool,
}

internal static class ElementTypes
{
    /// <summary>PyTorch's names for storages of a type, in module <c>torch</c>.</summary>
    private static readonly Dictionary<string, ElementType> s_byStorageClass = new(StringComparer.Ordinal)
    {
        ["DoubleStorage"] = ElementType.Float64,
        ["FloatStorage"] = ElementType.Float32,
        ["HalfStorage"] = ElementType.Float16,
        ["BFloat16Storage"] = ElementType.BFloat16,
        ["LongStorage"] = ElementType.Int64,
        ["IntStorage"] = ElementType.Int32,
        ["ShortStorage"] = ElementType.Int16,
        ["CharStorage"] = ElementType.Int8,
        ["ByteStorage"] = ElementType.UInt8,
        ["BoolStorage"] = ElementType.Bool,
    };

    public static ElementType? OfStorageClass(string name) => s_byStorageClass.TryGetValue(name, out var type) ? type : null;

    extension(ElementType type)
    {
        public int Size => type switch
        {
            ElementType.Float64 or ElementType.Int64 => 8,
            ElementType.Float32 or ElementType.Int32 => 4,
            ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 => 2,
            _ => 1,
        };

        public bool IsFloatingPoint => type <= ElementType.BFloat16;
    }
}
