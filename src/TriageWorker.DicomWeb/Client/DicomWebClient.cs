using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Json;

namespace TriageWorker.DicomWeb;

/// <summary>
/// Asks a DICOMweb service for what it holds, and stores there: WADO-RS (PS3.18, 10.4), QIDO-RS (10.6), STOW-RS (10.5) and capabilities (8.9).
/// Answers are read as they come in, part by part, and none is held as a whole; what is stored leaves instance by instance. TLS and
/// authorisation are those of the <see cref="HttpClient"/>. It should follow no redirect, which would make a POST a GET, and its
/// <see cref="HttpClient.Timeout"/> should be infinite, for here a limit is set to each pause and not to the whole.
/// </summary>
/// <param name="http">Belongs to the caller.</param>
/// <param name="service">The base address, such as <c>https://pacs/dicom-web/</c>.</param>
/// <param name="longestPause">The longest that the server may send and take nothing.</param>
public sealed class DicomWebClient(HttpClient http, Uri service, TimeSpan longestPause, TimeProvider clock)
{
    /// <summary>Any transfer syntax: as it is stored.</summary>
    public const string AsStored = "*";

    private const string Json = "application/dicom+json", Studies = "studies";
    private readonly Exchange _exchange = new(http, service, longestPause, clock);

    /// <summary>Where instances are stored.</summary>
    public Uri StoreAddress => _exchange.At(Studies);

    /// <summary>The instances of a study or series, or one, each as a Part 10 file.</summary>
    /// <exception cref="DicomWebException">Also in the middle: what came until then is whole.</exception>
    public IAsyncEnumerable<RetrievedPart> RetrieveAsync(RetrieveTarget target, string transferSyntax = AsStored, CancellationToken stop = default) =>
        PartsAsync(PathOf(target), $"{MultipartWriter.Related}; type=\"{Acceptable.DicomType}\"; transfer-syntax={transferSyntax}", stop);

    /// <summary>The attributes of the instances without their bulk data (10.4.1.1.2), one data set at a time.</summary>
    /// <inheritdoc cref="RetrieveAsync"/>
    public IAsyncEnumerable<DicomDataset> MetadataAsync(RetrieveTarget target, CancellationToken stop = default) => DataSetsAsync($"{PathOf(target)}/metadata", stop);

    /// <summary>What matches, one data set at a time.</summary>
    /// <inheritdoc cref="RetrieveAsync"/>
    public IAsyncEnumerable<DicomDataset> SearchAsync(InstanceQuery query, CancellationToken stop = default) => DataSetsAsync(query.Path, stop);

    /// <summary>Frames of one instance, in the order in which they were asked for.</summary>
    /// <param name="frames">From 1.</param>
    /// <param name="mediaType">Of each frame: <c>application/octet-stream</c> for uncompressed, or such as <c>image/jls</c>.</param>
    /// <inheritdoc cref="RetrieveAsync"/>
    public IAsyncEnumerable<RetrievedPart> FramesAsync(
        RetrieveTarget instance, IReadOnlyList<int> frames, string mediaType = "application/octet-stream", string? transferSyntax = null, CancellationToken stop = default)
    {
        var list = string.Join(',', frames.Select(frame => frame.ToString(CultureInfo.InvariantCulture)));
        var syntax = transferSyntax is null ? "" : $"; transfer-syntax={transferSyntax}";
        return PartsAsync($"{PathOf(instance)}/frames/{list}", $"{MultipartWriter.Related}; type=\"{mediaType}\"{syntax}", stop);
    }

    /// <summary>Values that metadata only refers to (10.4.1.1.5): in one part, or one for each frame of compressed pixel data.</summary>
    /// <param name="address">A <see cref="DicomElement.BulkDataUri"/>; credentials go to this service alone, so it must lie here.</param>
    /// <inheritdoc cref="RetrieveAsync"/>
    public IAsyncEnumerable<RetrievedPart> BulkDataAsync(Uri address, CancellationToken stop = default)
    {
        var (here, there) = (_exchange.At(""), _exchange.At(address.OriginalString));
        if (Uri.Compare(here, there, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) != 0)
            throw new DicomWebException(DicomWebFault.Malformed, here, $"refers to a value at another server, {there.GetLeftPart(UriPartial.Authority)}, and it is not asked for there.");
        return PartsAsync(there.AbsoluteUri, $"{MultipartWriter.Related}; type=\"{PixelMediaType.Bytes}\", {MultipartWriter.Related}; type=\"*/*\"; transfer-syntax=*;q=0.9", stop);
    }

    /// <summary>A picture of a study, series or instance as the server draws it (10.4.1.1.4).</summary>
    /// <param name="mediaType">Such as <c>image/png</c>.</param>
    /// <param name="most">Bytes; a picture that is larger is refused.</param>
    /// <inheritdoc cref="RetrieveAsync"/>
    public Task<byte[]> RenderedAsync(
        RetrieveTarget target, string mediaType, RenderWindow? window = null, Viewport? viewport = null, int most = 64 << 20, CancellationToken stop = default) =>
        WholeAsync(HttpMethod.Get, $"{PathOf(target)}/rendered{PictureQuery.Of(window, viewport)}", mediaType, most, stop);

    /// <summary>A small picture that stands for a study, series or instance (10.4.1.1.6), in whichever form the server likes.</summary>
    /// <inheritdoc cref="RenderedAsync"/>
    public Task<byte[]> ThumbnailAsync(RetrieveTarget target, Viewport? viewport = null, int most = 4 << 20, CancellationToken stop = default) =>
        WholeAsync(HttpMethod.Get, $"{PathOf(target)}/thumbnail{PictureQuery.Of(null, viewport)}", "image/*", most, stop);

    /// <summary>What the service says it can do (8.9), in the form it gives.</summary>
    /// <param name="mediaType">Such as <c>application/vnd.sun.wadl+xml</c>.</param>
    /// <inheritdoc cref="RetrieveAsync"/>
    public Task<byte[]> CapabilitiesAsync(string mediaType = "application/json, application/vnd.sun.wadl+xml;q=0.9", int most = 4 << 20, CancellationToken stop = default) =>
        WholeAsync(HttpMethod.Options, "", mediaType, most, stop);

    /// <summary>Stores instances in one request. What became of each is a value; a request that was not answered instance by instance is an exception.</summary>
    /// <exception cref="DicomWebException">There is no such answer: the fault, the status and the server's own words say why.</exception>
    public async Task<StowAnswer> StoreAsync(IReadOnlyList<OutgoingInstance> instances, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfZero(instances.Count);
        using var answer = await _exchange.SendAsync(HttpMethod.Post, Studies, Json, left => InstanceContent.Of(instances, left), stop);
        return await StowAnswer.ReadAsync(answer, stop);
    }

    /// <summary>
    /// Sends a store request without an instance. It takes the way of a real one, with its address and credentials, and stores nothing;
    /// whoever can be stored at answers that there is nothing in it (400), or agrees.
    /// </summary>
    /// <exception cref="DicomWebException">There was no answer.</exception>
    public async Task<HttpStatusCode> ProbeStoreAsync(CancellationToken stop)
    {
        using var answer = await _exchange.SendAsync(HttpMethod.Post, Studies, Json, left => InstanceContent.Of([], left), stop);
        return answer.Status;
    }

    private async Task<byte[]> WholeAsync(HttpMethod method, string path, string accept, int most, CancellationToken stop)
    {
        using var answer = await _exchange.AskAsync(method, path, accept, stop);
        return await answer.ReadAsync(most, stop);
    }

    private async IAsyncEnumerable<RetrievedPart> PartsAsync(string path, string accept, [EnumeratorCancellation] CancellationToken stop)
    {
        using var answer = await _exchange.AskAsync(HttpMethod.Get, path, accept, stop);
        await foreach (var part in answer.PartsAsync(stop)) yield return part;
    }

    private async IAsyncEnumerable<DicomDataset> DataSetsAsync(string path, [EnumeratorCancellation] CancellationToken stop)
    {
        using var answer = await _exchange.AskAsync(HttpMethod.Get, path, Json, stop);
        if (answer.Type is null) yield break; // 204: nothing matches
        var sets = DicomDataset.ReadJsonAsync(answer.Body, stop: stop).GetAsyncEnumerator(stop);
        await using (sets)
            while (await NextAsync(sets, answer)) yield return sets.Current;
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<DicomDataset> sets, Answer answer)
    {
        try
        {
            return await sets.MoveNextAsync();
        }
        catch (DicomJsonException unfit)
        {
            throw answer.Malformed($"answered what is no DICOM JSON: {unfit.Message}", unfit);
        }
    }

    private static string PathOf(RetrieveTarget target) =>
        $"{Studies}/{target.Study}" + (target.Series is null ? "" : $"/series/{target.Series}") + (target.Instance is null ? "" : $"/instances/{target.Instance}");
}
