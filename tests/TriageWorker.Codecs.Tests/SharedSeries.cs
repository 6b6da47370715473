using TriageWorker.Imaging.Series;
using TriageWorker.Testing;

namespace TriageWorker.Codecs.Tests;

/// <summary>
/// The series in the folders of real and odd files: what lies in one folder under one Series Instance UID and, since one folder holds one slice in
/// every transfer syntax, in one syntax. Each is called by its folder, and where that holds several, by its first file.
/// </summary>
internal static class SharedSeries
{
    /// <summary>All that are CT by their own word, by name.</summary>
    public static SortedDictionary<string, IReadOnlyList<Reading<SliceHeader>>> Ct(CancellationToken stop)
    {
        var found = new SortedDictionary<string, IReadOnlyList<Reading<SliceHeader>>>(StringComparer.Ordinal);
        foreach (var folder in Directory.GetDirectories(Shared.At("data"), "*", SearchOption.AllDirectories))
        {
            (string Path, IReadOnlyList<Reading<SliceHeader>> Headers)[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(path => (path, SliceFile.Read(path)))];
            var series = files.GroupBy(file => file.Headers[0] is Reading<SliceHeader>.Of(var first) ? (first.SeriesUid, first.Modality, first.Pixels.TransferSyntax) : default).ToArray();
            foreach (var ct in series.Where(one => one.Key.Modality == "CT"))
            {
                stop.ThrowIfCancellationRequested();
                var name = Path.GetRelativePath(Shared.At("data"), series.Length == 1 ? folder : ct.First().Path);
                found[name] = [.. ct.SelectMany(file => file.Headers)];
            }
        }

        return found;
    }
}
