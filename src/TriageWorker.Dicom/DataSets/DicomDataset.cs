using System.Collections;
using System.Diagnostics.CodeAnalysis;
using TriageWorker.Dicom.Text;

namespace TriageWorker.Dicom;

/// <summary>
/// Attributes in the order of their tags (PS3.5, 7). Getters never throw on what a file says: an absent, empty or unreadable
/// value is null or an empty list. Not safe for use by several threads while one of them changes it.
/// </summary>
public sealed class DicomDataset : IEnumerable<DicomElement>
{
    private readonly List<DicomElement> _elements = [];
    private CharacterSet? _declared;

    public int Count => _elements.Count;

    /// <summary>The data set that holds this one as an item.</summary>
    public DicomDataset? Parent { get; internal set; }

    /// <summary>What text here is encoded in: declared here, or by the nearest data set around.</summary>
    public CharacterSet CharacterSet => _declared ?? Parent?.CharacterSet ?? CharacterSet.Undeclared;

    public bool Contains(DicomTag tag) => IndexOf(tag) >= 0;

    public bool TryGet(DicomTag tag, [NotNullWhen(true)] out DicomElement? element)
    {
        var index = IndexOf(tag);
        element = index >= 0 ? _elements[index] : null;
        return element is not null;
    }

    /// <summary>The first value as text, without padding; numbers in their shortest form. Null when absent or empty.</summary>
    public string? GetString(DicomTag tag) => GetStrings(tag) is [{ Length: > 0 } first, ..] ? first : null;

    /// <summary>All values as text, without padding; an empty value among others stays an empty string.</summary>
    public IReadOnlyList<string> GetStrings(DicomTag tag) => TryGet(tag, out var element) ? ValueDecoder.Strings(element, this) : [];

    /// <summary>The first value as a whole number; null when absent, empty or not a whole number in range.</summary>
    public int? GetInt32(DicomTag tag) => GetDouble(tag) is { } value and >= int.MinValue and <= int.MaxValue && value == Math.Truncate(value) ? (int)value : null;

    /// <summary>The first value as a number; null when absent, empty or not a finite number.</summary>
    public double? GetDouble(DicomTag tag) => GetDoubles(tag) is [var first, ..] ? first : null;

    /// <summary>All values as numbers; empty when one of them is none.</summary>
    public IReadOnlyList<double> GetDoubles(DicomTag tag) => TryGet(tag, out var element) ? ValueDecoder.Numbers(element, this) : [];

    /// <summary>The items; empty when absent.</summary>
    public IReadOnlyList<DicomDataset> GetSequence(DicomTag tag) => TryGet(tag, out var element) ? element.Items : [];

    /// <summary>The value's bytes, little endian, padding included; empty when absent.</summary>
    public ReadOnlyMemory<byte> GetBytes(DicomTag tag) => TryGet(tag, out var element) ? element.Bytes : default;

    /// <summary>Puts the attribute in its place; one with the same tag is replaced.</summary>
    public DicomDataset Set(DicomElement element)
    {
        foreach (var item in element.Items) item.Parent = this;
        var index = IndexOf(element.Tag);
        if (index >= 0) _elements[index] = element;
        else _elements.Insert(~index, element);
        if (element.Tag == DicomTag.SpecificCharacterSet) _declared = CharacterSet.Of(GetStrings(element.Tag));
        return this;
    }

    public DicomDataset Remove(DicomTag tag)
    {
        var index = IndexOf(tag);
        if (index >= 0) _elements.RemoveAt(index);
        if (tag == DicomTag.SpecificCharacterSet) _declared = null;
        return this;
    }

    public IEnumerator<DicomElement> GetEnumerator() => _elements.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(DicomTag tag)
    {
        if (_elements.Count == 0 || _elements[^1].Tag < tag) return ~_elements.Count; // files come in order
        int low = 0, high = _elements.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = _elements[middle].Tag.CompareTo(tag);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }
}
