using TriageWorker.Imaging.Series;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

/// <summary>
/// What the headers of studies say that further packages will read, so that their files are opened for the first one only. A file in spool or cache never changes, so what
/// was read of it stays true; a study that has got more images since is read anew.
/// </summary>
/// <param name="readers">How many packages read each study.</param>
/// <param name="mostImages">Beyond so many in all, those of the studies that were read first are let go. An image takes about 1 KB.</param>
internal sealed class KnownHeaders(int readers, int mostImages = KnownHeaders.MostImages)
{
    private const int MostImages = 20_000;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<StudyUid, Known> _studies = [];
    private int _images;

    public IReadOnlyList<Reading<SliceHeader>> Of(StudyUid study, IReadOnlyList<string> paths, Func<IReadOnlyList<Reading<SliceHeader>>> read)
    {
        if (Find(study, paths) is { } known) return known;
        var headers = read();
        if (readers > 1 && paths.Count <= mostImages) Keep(study, new Known(paths, headers, readers - 1));
        return headers;
    }

    private IReadOnlyList<Reading<SliceHeader>>? Find(StudyUid study, IReadOnlyList<string> paths)
    {
        lock (_lock)
        {
            if (!_studies.TryGetValue(study, out var known) || !known.Paths.SequenceEqual(paths, StringComparer.Ordinal)) return null;
            if (known.Left == 1) Forget(study, known);
            else _studies[study] = known with { Left = known.Left - 1 };
            return known.Headers;
        }
    }

    private void Keep(StudyUid study, Known known)
    {
        lock (_lock)
        {
            if (_studies.TryGetValue(study, out var before)) Forget(study, before);
            _studies.Add(study, known);
            _images += known.Paths.Count;
            while (_images > mostImages) Forget(_studies.GetAt(0).Key, _studies.GetAt(0).Value);
        }
    }

    private void Forget(StudyUid study, Known known)
    {
        _studies.Remove(study);
        _images -= known.Paths.Count;
    }

    private sealed record Known(IReadOnlyList<string> Paths, IReadOnlyList<Reading<SliceHeader>> Headers, int Left);
}
