namespace TriageWorker.Dicom;

/// <summary>What a file does that the standard does not allow and that nothing was lost by. Says each thing, but not without end.</summary>
internal sealed class Remarks
{
    private const int Most = 50;

    private readonly List<string> _all = [];

    internal IReadOnlyList<string> All => _all;

    internal void Add(string remark)
    {
        if (_all.Count < Most) _all.Add(remark);
    }
}
