using System.Globalization;
using System.Runtime.CompilerServices;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Json;

namespace TriageWorker.DicomWeb;

/// <summary>
/// Asks a DICOMweb service for what it holds: WADO-RS (PS3.18, 10.4), QIDO-RS (10.6) and capabilities (8.9). Answers are read as they
/// come in, part by part, and none is held as a whole. TLS and authorisation are those of the <see cref="HttpClient"/>; its
/// <see cref="HttpClient.Timeout"/> should be infinite, for here a limit is set to each pause and not to the whole.
/// </summary>
/// <param name="http">Belongs to the caller.</param>
/// <param name="service">The base address, such as <c>https://pacs/dicom-web/</c>.</param>
/// <param name="longestPause">The longest that the server may send nothing.</param>
public sealed class DicomWebClient(HttpClient http, Uri service, TimeSpan longestPause, TimeProvider clock)
{
    /// <summary>Any transfer syntax: as it is stored.</summary>
    public const string AsStored = "*";

    private const string Json = "application/dicom+json";
    private const int MostWords = 500;
    private readonly Uri _service = service.AbsoluteUri.EndsWith('/') ? service : new Uri(service.AbsoluteUri + "/");

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

    /// <summary>A picture of an instance as the server draws it.</summary>
    /// <param name="mediaType">Such as <c>image/png</c>.</param>
    /// <param name="most">Bytes; a picture that is larger is refused.</param>
    /// <inheritdoc cref="RetrieveAsync"/>
    public async Task<byte[]> RenderedAsync(RetrieveTarget instance, string mediaType, int most = 64 << 20, CancellationToken stop = default)
    {
        using var answer = await AskAsync(HttpMethod.Get, $"{PathOf(instance)}/rendered", mediaType, stop);
        return await ReadAsync(answer, most, stop);
    }

    /// <summary>What the service says it can do (8.9), in the form it gives.</summary>
    /// <param name="mediaType">Such as <c>application/vnd.sun.wadl+xml</c>.</param>
    /// <inheritdoc cref="RetrieveAsync"/>
    public async Task<byte[]> CapabilitiesAsync(string mediaType = "application/json, application/vnd.sun.wadl+xml;q=0.9", int most = 4 << 20, CancellationToken stop = default)
    {
        using var answer = await AskAsync(HttpMethod.Options, "", mediaType, stop);
        return await ReadAsync(answer, most, stop);
    }

    private async IAsyncEnumerable<RetrievedPart> PartsAsync(string path, string accept, [EnumeratorCancellation] CancellationToken stop)
    {
        using var answer = await AskAsync(HttpMethod.Get, path, accept, stop);
        await foreach (var part in answer.PartsAsync(stop)) yield return part;
    }

    private async IAsyncEnumerable<DicomDataset> DataSetsAsync(string path, [EnumeratorCancellation] CancellationToken stop)
    {
        using var answer = await AskAsync(HttpMethod.Get, path, Json, stop);
        if (answer.Type is null) yield break; // 204: nothing matches
        var sets = DicomDataset.ReadJsonAsync(answer.Body, stop: stop).GetAsyncEnumerator(stop);
        await using (sets)
            while (await NextAsync(sets, new Uri(_service, path))) yield return sets.Current;
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<DicomDataset> sets, Uri address)
    {
        try
        {
            return await sets.MoveNextAsync();
        }
        catch (DicomJsonException unfit)
        {
            throw new DicomWebException(DicomWebFault.Malformed, address, $"its answer is no DICOM JSON: {unfit.Message}", inner: unfit);
        }
    }

    private async Task<Answer> AskAsync(HttpMethod method, string path, string accept, CancellationToken stop)
    {
        var address = new Uri(_service, path);
        using var request = new HttpRequestMessage(method, address);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var pause = new CancellationTokenSource(longestPause, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, stop);
        HttpResponseMessage? response = null;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, any.Token);
            var body = new AttentiveStream(await response.Content.ReadAsStreamAsync(any.Token), address, longestPause, clock);
            if (!response.IsSuccessStatusCode) throw await RefusalAsync(response, address, body, stop);
            var answer = new Answer(response, address, body);
            response = null;
            return answer;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new DicomWebException(DicomWebFault.Silent, address, $"no answer within {longestPause}");
        }
        catch (HttpRequestException broken)
        {
            throw new DicomWebException(DicomWebFault.Unreachable, address, broken.GetBaseException().Message, inner: broken);
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <summary>A status with the server's own words, as far as they are text.</summary>
    private static async Task<DicomWebException> RefusalAsync(HttpResponseMessage response, Uri address, Stream body, CancellationToken stop)
    {
        var words = new byte[MostWords];
        var count = 0;
        try
        {
            count = await body.ReadAtLeastAsync(words, words.Length, throwOnEndOfStream: false, stop);
        }
        catch (DicomWebException)
        {
            // The status says enough.
        }

        var said = new string([.. System.Text.Encoding.UTF8.GetString(words, 0, count).Select(letter => char.IsControl(letter) ? ' ' : letter)]).Trim();
        return new DicomWebException(DicomWebFault.Status, address,
            $"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd() + (said.Length > 0 ? $": {said}" : ""), response.StatusCode);
    }

    private static async Task<byte[]> ReadAsync(Answer answer, int most, CancellationToken stop)
    {
        using var whole = new MemoryStream();
        var block = new byte[16 * 1024];
        int count;
        while ((count = await answer.Body.ReadAsync(block, stop)) > 0)
        {
            if (whole.Length + count > most) throw answer.TooLong(most);
            await whole.WriteAsync(block.AsMemory(0, count), stop);
        }

        return whole.ToArray();
    }

    private static string PathOf(RetrieveTarget target) =>
        $"studies/{target.Study}" + (target.Series is null ? "" : $"/series/{target.Series}") + (target.Instance is null ? "" : $"/instances/{target.Instance}");
}
