using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriageWorker.DicomWeb;
using TriageWorker.Store;

namespace TriageWorker.Scoring;

/// <summary>The files of a study: those of this host's spool where they are, the others from the nodes that hold them.</summary>
public sealed partial class StudyImages(
    ImageCache cache, NodeDoors doors, SpoolNodeStore spools, IOptions<SpoolOptions> spool, IOptions<ScoringRoleOptions> role, ILogger<StudyImages> log)
{
    private readonly string _folder = spool.Value.Folder;

    /// <summary>Keeps what it takes until it is disposed.</summary>
    public ImageHold Hold() => cache.Hold();

    /// <exception cref="ContentMismatchException">A node gives other bytes than were received.</exception>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public async Task<ImagesFound> FindAsync(IReadOnlyList<InstanceRow> images, ImageHold hold, CancellationToken stop)
    {
        string[] paths = [.. images.Select(image => Path.Combine(_folder, image.Path))];
        var own = SpoolIdentity.Read(_folder);
        // Of one whose node is not known, the file of this spool is tried as ever: it says itself when it is not there.
        int[] elsewhere = [.. Enumerable.Range(0, paths.Length).Where(n => images[n].Node is { } node && node != own && !File.Exists(paths[n]))];
        ScoringTelemetry.Fetched.Add(0); // so that the metric is there before the first one
        if (elsewhere.Length == 0) return new ImagesFound.Here(paths);

        var missing = new List<int>();
        foreach (var n in elsewhere)
        {
            if (cache.Find(images[n].Digest, hold) is { } kept) paths[n] = kept;
            else missing.Add(n);
        }

        if (missing.Count > 0 && await FetchAsync(images, missing, paths, hold, stop) is { } why) return why;
        LogFetched(missing.Count, elsewhere.Length - missing.Count, images.Count - elsewhere.Length);
        return new ImagesFound.Here(paths);
    }

    /// <returns>Null when all are there.</returns>
    private async Task<ImagesFound?> FetchAsync(IReadOnlyList<InstanceRow> images, List<int> missing, string[] paths, ImageHold hold, CancellationToken stop)
    {
        cache.MakeRoom(missing.Sum(n => images[n].Bytes));
        var nodes = (await spools.AllAsync(stop)).ToDictionary(node => node.Id);
        var (fetched, gone, away) = (new ConcurrentDictionary<int, bool>(), new ConcurrentQueue<SpoolNode>(), new ConcurrentQueue<(SpoolNode Node, string Because)>());
        using var noMore = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = role.Value.Nodes.Parallel, CancellationToken = noMore.Token }, async (n, token) =>
            {
                var (image, node) = (images[n], NodeOf(images[n]));
                try
                {
                    paths[n] = await FetchAsync(image, node, hold, token);
                    fetched[n] = true;
                }
                catch (DicomWebException lost) when (lost.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone)
                {
                    gone.Enqueue(node);
                }
                catch (DicomWebException unread)
                {
                    away.Enqueue((node, unread.Because));
                    await noMore.CancelAsync(); // the others would meet the same
                }
            });
        }
        catch (OperationCanceledException) when (!away.IsEmpty && !stop.IsCancellationRequested)
        {
        }

        if (away.TryPeek(out var one))
        {
            // What came stays in the cache: the next try asks only for the rest.
            var left = missing.Count(n => images[n].Node == one.Node.Id && !fetched.ContainsKey(n));
            LogAway(one.Node.Name, left, fetched.Count, one.Because);
            return new ImagesFound.Away(one.Node, left, one.Because);
        }

        return gone.IsEmpty ? null : new ImagesFound.Gone(
            $"{(gone.Count == 1 ? "the file of 1 image is" : $"the files of {gone.Count} images are")} gone from node {gone.First().Name}, which received {(gone.Count == 1 ? "it" : "them")}.");

        SpoolNode NodeOf(InstanceRow image) => nodes.GetValueOrDefault(image.Node!.Value) ?? SpoolNode.Unknown(image.Node.Value);
    }

    private async Task<string> FetchAsync(InstanceRow image, SpoolNode node, ImageHold hold, CancellationToken stop)
    {
        if (node.Address is not { } address)
            throw new DicomWebException(DicomWebFault.Unreachable, new Uri($"node://{node.Id}"),
                node.HeardAt is null ? "has never said where it is read from." : "does not serve its images: set Spool:Sharing:Port there.");
        var part = cache.NewPart();
        try
        {
            await WriteAsync(part, doors.Of(node.Id, address).RetrieveAsync(new(image.Study.Value, image.Series.Value, image.Sop.Value), stop: stop), address, stop);
            if (ContentDigest.Fault(part, image.Digest) is { } fault)
                throw new ContentMismatchException(
                    $"Node {node.Name} does not give an image as it was received: {fault} instead of {Convert.ToHexStringLower(image.Digest)}. Look at its disk; the image can be sent again.");
            ScoringTelemetry.Fetched.Add(1);
            return cache.Keep(image.Digest, part, hold);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private static async Task WriteAsync(string path, IAsyncEnumerable<RetrievedPart> parts, Uri address, CancellationToken stop)
    {
        await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous });
        var count = 0;
        await foreach (var part in parts.WithCancellation(stop))
        {
            if (count++ > 0) throw new DicomWebException(DicomWebFault.Malformed, address, "gave several instances where one was asked for.");
            await part.Content.CopyToAsync(file, stop);
        }

        if (count == 0) throw new DicomWebException(DicomWebFault.Malformed, address, "gave no instance.");
    }

    [LoggerMessage(5004, LogLevel.Information, "{Fetched} images were read from other nodes, {Kept} were here from an earlier try, {Own} are of this spool")]
    private partial void LogFetched(int fetched, int kept, int own);

    [LoggerMessage(5005, LogLevel.Warning, "Node {Node} cannot be read from: {Left} images are missing, {Fetched} came before that; it is asked again: {Because}")]
    private partial void LogAway(string node, int left, int fetched, string because);
}
