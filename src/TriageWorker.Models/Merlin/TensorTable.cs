using System.Globalization;
using TriageWorker.Models.Checkpoints;

namespace TriageWorker.Models.Merlin;

/// <summary>
/// Which tensors there should be, beside those that there are. Sizes are read from a few of them and must hold in all; where such a tensor
/// is missing its sizes stay unknown, so that the rest can still be compared and everything wrong is named at once.
/// </summary>
internal sealed class TensorTable(IReadOnlyDictionary<string, StoredTensor> tensors)
{
    /// <summary>Published networks have up to 36; beyond this a file's numbers are not believed.</summary>
    private const int MostInRow = 500;

    private readonly OrderedDictionary<string, int?[]> _expected = new(StringComparer.Ordinal);
    private readonly HashSet<string> _counters = new(StringComparer.Ordinal), _ignored = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];

    /// <summary>One size of a tensor; null when it is not there or has another number of axes.</summary>
    public int? Size(string name, int axes, int axis) => tensors.GetValueOrDefault(name)?.Shape is { } shape && shape.Length == axes ? shape[axis] : null;

    /// <param name="shape">Null for a size that nothing tells.</param>
    public void Expect(string name, params int?[] shape) => _expected[name] = shape;

    public void ExpectWithBias(string name, params int?[] shape)
    {
        Expect($"{name}.weight", shape);
        Expect($"{name}.bias", shape[0]);
    }

    /// <summary>A whole number that training counts with and nothing computes with.</summary>
    public void ExpectCounter(string name)
    {
        _expected[name] = [];
        _counters.Add(name);
    }

    /// <summary>May be there or not.</summary>
    public void Ignore(string name) => _ignored.Add(name);

    /// <summary>How many different numbers stand after <paramref name="prefix"/>, as in <c>layer3.35.bn1.bias</c>.</summary>
    public int CountInRow(string prefix)
    {
        var numbers = tensors.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => Number(name.AsSpan(prefix.Length))).OfType<int>().Distinct().Count();
        if (numbers == 0) _faults.Add($"{prefix}0: there is none.");
        if (numbers > MostInRow) _faults.Add($"{prefix}*: there are {numbers}, and more than {MostInRow} are not read.");
        return Math.Min(numbers, MostInRow);
    }

    /// <summary>What is missing, has another shape or type, or is not known; in the order of the network, then of the file.</summary>
    public IReadOnlyList<string> Faults() => [.. _faults, .. _expected.SelectMany(pair => Faults(pair.Key, pair.Value)), .. tensors.Keys.Where(IsUnknown).Select(name => $"{name}: is no tensor of this network, {Shown(tensors[name].Shape)}.")];

    private IEnumerable<string> Faults(string name, int?[] shape)
    {
        if (!tensors.TryGetValue(name, out var tensor))
        {
            yield return $"{name}: is missing, and should be {Shown(shape)}.";
            yield break;
        }

        if (tensor.Shape.Length != shape.Length || tensor.Shape.Zip(shape).Any(pair => pair.First == 0 || (pair.Second is { } wanted && wanted != pair.First)))
            yield return $"{name}: is {Shown(tensor.Shape)}, and should be {Shown(shape)}.";
        if (tensor.Type.IsFloatingPoint == _counters.Contains(name))
            yield return $"{name}: is {tensor.Type}, and should be {(_counters.Contains(name) ? "a whole number" : "floating-point numbers")}.";
    }

    private bool IsUnknown(string name) => !_expected.ContainsKey(name) && !_ignored.Contains(name);

    private static int? Number(ReadOnlySpan<char> rest)
    {
        var dot = rest.IndexOf('.');
        return dot > 0 && int.TryParse(rest[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static string Shown(IEnumerable<int> shape) => Shown(shape.Select(size => (int?)size));

    private static string Shown(IEnumerable<int?> shape) => $"[{string.Join(",", shape.Select(size => size?.ToString(CultureInfo.InvariantCulture) ?? "?"))}]";
}
