namespace TriageWorker.Dicom;

/// <summary>Collects what is tolerated. Says each thing, but not without end: after 100 remarks only kinds that were not there before.</summary>
internal sealed class Remarks
{
    private const int Most = 100;

    private readonly List<DicomRemark> _all = [];
    private readonly HashSet<DicomRemarkKind> _kinds = [];

    internal IReadOnlyList<DicomRemark> All => _all;

    /// <summary>Takes back what was said since there were so many: the reading that said it came to nothing.</summary>
    internal void TakeBack(int count)
    {
        _all.RemoveRange(count, _all.Count - count);
        _kinds.Clear();
        foreach (var remark in _all) _kinds.Add(remark.Kind); // each kind that was said is there at least once
    }

    internal void Add(DicomRemarkKind kind, long offset, DicomTag? tag, string message)
    {
        if (Takes(kind)) _all.Add(new DicomRemark(kind, tag, offset, message));
    }

    private bool Takes(DicomRemarkKind kind) => _kinds.Add(kind) || _all.Count < Most;
}
