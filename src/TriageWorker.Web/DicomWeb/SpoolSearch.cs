using TriageWorker.Dicom;
using TriageWorker.Dicom.Matching;
using TriageWorker.DicomWeb;
using TriageWorker.Store;

namespace TriageWorker.Web;

/// <summary>
/// What QIDO-RS finds. Rows answer every search; where the study is named, files complete them with what rows do not hold, so a search
/// over all studies never reads a file.
/// </summary>
internal sealed class SpoolSearch(QueryStore store, SpoolInstances instances)
{
    private const int MostFiles = 10_000; // searched by what only files say
    private const string OfRowsAlone = "Not all attributes that were asked for are given: a search over all studies answers with those that are indexed. Name the study for the others.";
    private const string OfKeptAlone = "Not all attributes that were asked for are given: the images that hold them are not kept here.";

    public async Task<SearchAnswer> FindAsync(SearchRequest request, CancellationToken stop)
    {
        var inRows = request.Keys.Where(key => QueryStore.Holds(key.Tag, request.Level)).ToList();
        var inFiles = request.Keys.Except(inRows).ToList();
        var study = request.Study ?? (request.Level == QueryLevel.Study ? OnlyStudyOf(request) : null);
        if (inFiles.Count > 0 && (study is null || inFiles.Any(key => !LevelAttributes.Belongs(key.Tag, request.Level))))
            return new SearchAnswer.Refused(Refusal(inFiles[0].Tag, request));

        // A key of files is looked at file by file, so the page is cut from what is left.
        var (most, skip) = inFiles.Count == 0 ? (request.Limit, request.Offset) : (MostFiles, 0);
        var found = await store.FindAsync(new ObjectQuery(request.Level, inRows, most + 1, skip), stop);
        if (study is null) return Page(found.Select(one => one.Attributes), 0, request.Limit) with { Lacking = found.Exists(one => Lacks(one, request)) ? OfRowsAlone : null };
        if (inFiles.Count > 0 && found.Count > MostFiles) return new SearchAnswer.Refused($"More than {MostFiles} instances would have to be read: name the series in the address.");
        var moreRemain = inFiles.Count == 0 && found.Count > request.Limit;
        var (matches, unread) = await CompleteAsync(study, moreRemain ? found.Take(request.Limit) : found, inFiles, request, stop);
        var lacking = unread.Exists(one => Lacks(one, request)) ? OfKeptAlone : null;
        return (moreRemain ? new(matches, MoreRemain: true) : Page(matches, inFiles.Count == 0 ? 0 : request.Offset, request.Limit)) with { Lacking = lacking };
    }

    /// <returns>The matches, and those of them whose file could not be read.</returns>
    private async Task<(List<DicomDataset> Matches, List<FoundObject> Unread)> CompleteAsync(string study, IEnumerable<FoundObject> found, List<MatchKey> inFiles, SearchRequest request, CancellationToken stop)
    {
        var first = request.Level == QueryLevel.Instance ? [] : await store.FirstFilesAsync(new(study), stop);
        var (matches, unread) = (new List<DicomDataset>(), new List<FoundObject>());
        foreach (var one in found)
        {
            stop.ThrowIfCancellationRequested();
            var path = one.Instance?.Path ?? (one.Series is null ? first.Values.FirstOrDefault() : first.GetValueOrDefault(one.Series));
            var file = path is null ? null : FileAttributes.Read(instances.PathOf(path));
            if (!inFiles.All(key => file is not null && file.TryGet(key.Tag, out var element) && key.Match.Takes(file.GetStrings(key.Tag), element.VR))) continue;
            FileAttributes.Complete(one.Attributes, file, request);
            matches.Add(one.Attributes);
            if (file is null) unread.Add(one);
        }

        return (matches, unread);
    }

    private static bool Lacks(FoundObject found, SearchRequest request) => request.IncludeAll || request.Include.Any(tag => !found.Attributes.Contains(tag));

    private static SearchAnswer.Matches Page(IEnumerable<DicomDataset> matches, int offset, int limit)
    {
        var page = matches.Skip(offset).Take(limit + 1).ToList();
        return page.Count <= limit ? new(page, MoreRemain: false) : new(page[..limit], MoreRemain: true);
    }

    private static string? OnlyStudyOf(SearchRequest request) =>
        request.Keys.FirstOrDefault(key => key.Tag == DicomTag.StudyInstanceUID)?.Match is AttributeMatch.OneOf([var one]) ? one : null;

    private static string Refusal(DicomTag tag, SearchRequest request) =>
        LevelAttributes.Belongs(tag, request.Level)
            ? $"{tag} is searched by within one study only: ask studies/{{study}}/{(request.Level == QueryLevel.Series ? "series" : "instances")}, or name the StudyInstanceUID."
            : $"{tag} is not searched by on the level of {request.Level.ToString().ToLowerInvariant()} resources.";
}
