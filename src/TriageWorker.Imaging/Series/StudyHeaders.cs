namespace TriageWorker.Imaging.Series;

/// <summary>Reads the headers of many files at once.</summary>
public static class StudyHeaders
{
    /// <returns>One reading for each path, in the same order.</returns>
    /// <exception cref="AggregateException">Holds the <see cref="IOException"/>s of files that cannot be read at all.</exception>
    public static IReadOnlyList<Reading<SliceHeader>> Read(IReadOnlyList<string> paths, int threads = 0, CancellationToken stop = default)
    {
        var headers = new Reading<SliceHeader>[paths.Count];
        var work = new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount, CancellationToken = stop };
        Parallel.For(0, paths.Count, work, n => headers[n] = SliceFile.Read(paths[n]));
        return headers;
    }
}
