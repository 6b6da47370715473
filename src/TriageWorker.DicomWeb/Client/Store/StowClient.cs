using System.Net;
using System.Security.Cryptography;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Json;

namespace TriageWorker.DicomWeb;

/// <summary>Stores instances at a DICOMweb service by STOW-RS (PS3.18, 10.5): any number in one streamed request.</summary>
/// <param name="http">Brings connections, credentials and trust; it must follow no redirect, which would make the POST a GET.</param>
/// <param name="service">What stands before <c>/studies</c>.</param>
public sealed class StowClient(HttpClient http, Uri service, TimeProvider clock)
{
    private const string DicomJson = "application/dicom+json";
    private const int MostOfAnAnswer = 64 << 20; // bytes; an answer names some 200 bytes for each instance

    /// <summary>Where requests go.</summary>
    public Uri Address { get; } = new($"{service.GetLeftPart(UriPartial.Path).TrimEnd('/')}/studies");

    /// <summary>For a request and its answer, together.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Sends the instances. What became of each is a value; a request that was not answered instance by instance is an exception.</summary>
    /// <exception cref="StowException">There is no such answer: the fault, the status and the server's own words say why.</exception>
    public Task<StowAnswer> StoreAsync(IReadOnlyList<OutgoingInstance> instances, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfZero(instances.Count);
        return AskAsync(instances, ReadAsync, stop);
    }

    /// <summary>
    /// Sends a request without an instance. It takes the way of a real one, with its address and credentials, and stores nothing;
    /// whoever can be stored at answers that there is nothing in it (400), or agrees.
    /// </summary>
    /// <exception cref="StowException">There was no answer.</exception>
    public Task<HttpStatusCode> ProbeAsync(CancellationToken stop) => AskAsync([], (response, _) => Task.FromResult(response.StatusCode), stop);

    private async Task<T> AskAsync<T>(IReadOnlyList<OutgoingInstance> instances, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, Address) { Content = BodyOf(instances) };
        request.Headers.Accept.Add(new(DicomJson));
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await read(response, either.Token);
        }
        catch (OperationCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new StowException(StowFault.TimedOut, Address, "did not answer in time.", late);
        }
        catch (HttpRequestException broken)
        {
            throw StowException.Of(Address, broken);
        }
        catch (HttpIOException broken)
        {
            throw new StowException(StowFault.Lost, Address, $"broke off within its answer: {StowException.Innermost(broken)}", broken);
        }
    }

    private static MultipartContent BodyOf(IReadOnlyList<OutgoingInstance> instances)
    {
        // 128 random bits: no file holds them by chance. Written without quotes, which many servers do not understand.
        var boundary = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var body = new MultipartContent("related", boundary);
        foreach (var instance in instances) body.Add(new InstanceContent(instance));
        body.Headers.Remove("Content-Type");
        body.Headers.TryAddWithoutValidation("Content-Type", $"{Acceptable.Related}; type=\"{Acceptable.DicomType}\"; boundary={boundary}");
        return body;
    }

    private async Task<StowAnswer> ReadAsync(HttpResponseMessage response, CancellationToken stop)
    {
        var (status, type) = (response.StatusCode, response.Content.Headers.ContentType?.MediaType);
        var isWhole = status is HttpStatusCode.OK or HttpStatusCode.Accepted;
        // 409: none is stored, and the reasons stand in the same form; or a proxy's own words.
        if (!isWhole && status != HttpStatusCode.Conflict) throw StowException.Refusal(Address, status, await ServerWords.OfAsync(response, stop));
        if (type is not null && !type.EndsWith("json", StringComparison.OrdinalIgnoreCase))
        {
            throw isWhole ? new StowException(StowFault.Unreadable, Address, $"answered in {type}, not in {DicomJson} as it was asked to.") { Status = status }
                : StowException.Refusal(Address, status, await ServerWords.OfAsync(response, stop));
        }

        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(stop);
            await foreach (var said in DicomDataset.ReadJsonAsync(body, new DicomJsonReadOptions { MaxLength = MostOfAnAnswer }, stop)) return StowAnswer.Of(status, said);
            throw new StowException(StowFault.Unreadable, Address, "answered without a word on what it stored.") { Status = status };
        }
        catch (DicomJsonException broken)
        {
            throw isWhole ? new StowException(StowFault.Unreadable, Address, $"answered what is no DICOM JSON: {broken.Message}", broken) { Status = status }
                : StowException.Refusal(Address, status, "");
        }
    }
}
