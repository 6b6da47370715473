using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Series;

/// <summary>Reads the headers of many files at once.</summary>
public static class StudyHeaders
{
    /// <returns>One reading for each file or, of a file that places its frames, for each frame; in the order of the paths.</returns>
    /// <exception cref="IOException">A file cannot be read at all: a fault of the world, worth another try.</exception>
    public static IReadOnlyList<Reading<SliceHeader>> Read(IReadOnlyList<string> paths, int threads = 0, CancellationToken stop = default)
    {
        var headers = new IReadOnlyList<Reading<SliceHeader>>[paths.Count];
        new Cores(threads, stop).ForEach(paths.Count, n => headers[n] = SliceFile.Read(paths[n]));
        return [.. headers.SelectMany(file => file)];
    }
}
