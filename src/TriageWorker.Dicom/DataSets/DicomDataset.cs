using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using TriageWorker.Dicom.Text;

namespace TriageWorker.Dicom;

/// <summary>
/// Attributes in the order of their tags (PS3.5, 7). Getters never throw on what a file says: an absent, empty or unreadable
/// value is null or an empty list. What was read and not changed is written back byte for byte when the transfer syntax is the
/// same. Not safe for use by several threads while one of them changes it.
/// </summary>
public sealed class DicomDataset : IEnumerable<DicomElement>
{
    private readonly List<DicomElement> _elements = [];
    private AsReadOrder? _asRead; // only where the file's order is not that of the tags
    private HashSet<ushort>? _changedGroups;
    private CharacterSet? _declared;
    private bool? _signedPixels;

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

    /// <summary>Puts the attribute in its place; one with the same tag is replaced. It is written by the rules, whatever it was read from.</summary>
    public DicomDataset Set(DicomElement element)
    {
        element = element.WithoutForm();
        foreach (var item in element.Items) item.Parent = this;
        var index = IndexOf(element.Tag);
        if (index >= 0) _elements[index] = element;
        else _elements.Insert(~index, element);
        _asRead?.Set(element);
        Changed(element.Tag);
        return this;
    }

    public DicomDataset Remove(DicomTag tag)
    {
        var index = IndexOf(tag);
        if (index < 0) return this;
        _elements.RemoveAt(index);
        _asRead?.Remove(tag);
        Changed(tag);
        return this;
    }

    public IEnumerator<DicomElement> GetEnumerator() => _elements.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The transfer syntax that it was read in; null for items, and for one that was made.</summary>
    internal TransferSyntax? ReadSyntax { get; init; }

    /// <summary>The encoding that it was read in; null for one that was made.</summary>
    internal ElementCoding? ReadIn { get; init; }

    /// <summary>How the item ends that this data set is.</summary>
    internal Ending Ending { get; set; }

    /// <summary>All that is written, in the order to write it in: what a file has twice, out of order or between its attributes is here too.</summary>
    internal IReadOnlyList<DicomElement> InOrder => _asRead?.All ?? _elements;

    internal IReadOnlyList<DicomElement> ByTag => _elements;

    internal ReadOnlySpan<DicomElement> AsSpan() => CollectionsMarshal.AsSpan(_elements);

    internal bool IsUntouched
    {
        get
        {
            if (_changedGroups is not null) return false;
            foreach (var element in InOrder)
                if (!element.IsUntouched)
                    return false;
            return true;
        }
    }

    /// <summary>Whether pixels here, or in the nearest data set around that says it, are signed: what decides between US and SS.</summary>
    internal bool? HasSignedPixels => _signedPixels ?? Parent?.HasSignedPixels;

    /// <summary>Whether an attribute of this group was set or removed, here or below.</summary>
    internal bool IsChanged(ushort group)
    {
        if (_changedGroups?.Contains(group) == true) return true;
        foreach (var element in _elements)
            if (element.Tag.Group == group && !element.IsUntouched)
                return true;
        return false;
    }

    /// <summary>Takes in what was read, in the order of the file; <see cref="Complete"/> ends it.</summary>
    /// <returns>False when the tag does not come after all before it.</returns>
    internal bool Append(DicomElement element)
    {
        var isInOrder = _asRead is null && (_elements.Count == 0 || _elements[^1].Tag < element.Tag) && !AsReadOrder.IsFiller(element);
        if (!isInOrder) _asRead ??= new AsReadOrder(_elements);
        if (_asRead is null) _elements.Add(element);
        else isInOrder = _asRead.Append(element);
        if (element.Tag == DicomTag.SpecificCharacterSet) _declared ??= CharacterSet.Of(ValueDecoder.Strings(element, this));
        else if (element.Tag == DicomTag.PixelRepresentation) _signedPixels ??= IsOne(element);
        return isInOrder;
    }

    /// <summary>Sorts what was appended out of order. Of attributes with the same tag the first counts; the others are told.</summary>
    internal void Complete(Action<DicomElement> again) => _asRead?.Sort(_elements, again);

    private void Changed(DicomTag tag)
    {
        (_changedGroups ??= []).Add(tag.Group);
        if (tag == DicomTag.SpecificCharacterSet) _declared = Contains(tag) ? CharacterSet.Of(GetStrings(tag)) : null;
        else if (tag == DicomTag.PixelRepresentation) _signedPixels = TryGet(tag, out var element) ? IsOne(element) : null;
    }

    private static bool? IsOne(DicomElement element) => element.Length >= 2 ? element.Bytes.Span[0] == 1 : null;

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
