namespace TriageWorker.Dicom;

/// <summary>
/// The order that a file has its attributes in where that is not the order of their tags: out of order, twice, or with
/// something between them that is no attribute. Kept so that the file can be written back as it was.
/// </summary>
internal sealed class AsReadOrder(IEnumerable<DicomElement> soFar)
{
    private readonly List<DicomElement> _all = [.. soFar];
    private DicomTag _highest = soFar.LastOrDefault()?.Tag ?? default;

    internal IReadOnlyList<DicomElement> All => _all;

    /// <summary>Bytes that are no attribute: a stray delimiter, padding.</summary>
    internal static DicomElement Filler(DicomTag tag, ReadOnlyMemory<byte> bytes, ElementCoding coding, long offset) =>
        new(tag, DicomVR.None, null, bytes, new ElementForm(WasRead: true, 0, coding, coding, Ending.Counted, IsWhole: true, HasSwappedWords: false), offset);

    internal static bool IsFiller(DicomElement element) => element.VR == DicomVR.None && element.Form.WasRead;

    /// <returns>False when a higher tag was there before.</returns>
    internal bool Append(DicomElement element)
    {
        _all.Add(element);
        if (IsFiller(element)) return true;
        var isInOrder = element.Tag > _highest;
        if (isInOrder) _highest = element.Tag;
        return isInOrder || element.Tag == _highest;
    }

    /// <summary>Fills the list with the attributes by tag and tells those whose tag was there before.</summary>
    internal void Sort(List<DicomElement> byTag, Action<DicomElement> again)
    {
        var sorted = new List<DicomElement>(_all.Count);
        foreach (var element in _all)
            if (!IsFiller(element))
                sorted.Add(element);
        var keys = new ulong[sorted.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = ((ulong)sorted[i].Tag.Value << 32) | (uint)i; // the place keeps the sorting stable
        Array.Sort(keys);
        byTag.Clear();
        foreach (var key in keys)
        {
            var element = sorted[(int)(uint)key];
            if (byTag.Count > 0 && byTag[^1].Tag == element.Tag) again(element);
            else byTag.Add(element);
        }
    }

    /// <summary>Replaces all with this tag, or puts the element before the first that has a higher tag.</summary>
    internal void Set(DicomElement element)
    {
        var at = _all.FindIndex(other => other.Tag == element.Tag && !IsFiller(other));
        if (at >= 0)
        {
            _all[at] = element;
            RemoveAfter(at, element.Tag);
            return;
        }
        at = _all.FindIndex(other => other.Tag > element.Tag && !IsFiller(other));
        if (at < 0) at = _all.FindLastIndex(other => !IsFiller(other)) + 1;
        _all.Insert(at, element);
    }

    internal void Remove(DicomTag tag) => RemoveAfter(-1, tag);

    private void RemoveAfter(int at, DicomTag tag)
    {
        var place = -1;
        _all.RemoveAll(element => ++place > at && element.Tag == tag && !IsFiller(element));
    }
}
