namespace TriageWorker.DicomWeb;

/// <summary>Requests to one service and their answers. Each may take as long as it likes; a pause may not, be it in what is sent or in what comes.</summary>
internal sealed class Exchange(HttpClient http, Uri service, TimeSpan longestPause, TimeProvider clock)
{
    private readonly Uri _service = service.AbsoluteUri.EndsWith('/') ? service : new Uri(service.AbsoluteUri + "/");

    public Uri At(string path) => new(_service, path);

    /// <summary>An answer whatever its status, its body not read yet.</summary>
    /// <param name="body">Made with what is to be called for each piece that has left.</param>
    /// <exception cref="DicomWebException">There is none.</exception>
    public async Task<Answer> SendAsync(HttpMethod method, string path, string accept, Func<Action, HttpContent>? body, CancellationToken stop)
    {
        var address = At(path);
        using var pause = new CancellationTokenSource(longestPause, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, stop);
        using var request = new HttpRequestMessage(method, address) { Content = body?.Invoke(() => pause.CancelAfter(longestPause)) };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        HttpResponseMessage? response = null;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, any.Token);
            var answer = new Answer(response, address, new AttentiveStream(await response.Content.ReadAsStreamAsync(any.Token), address, longestPause, clock));
            response = null;
            return answer;
        }
        catch (OperationCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new DicomWebException(DicomWebFault.Silent, address, $"did not answer within {longestPause}.", inner: late);
        }
        catch (HttpRequestException broken)
        {
            throw DicomWebException.Of(address, broken);
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <summary>A successful answer.</summary>
    /// <exception cref="DicomWebException">There is none, or a refusal with the server's own words.</exception>
    public async Task<Answer> AskAsync(HttpMethod method, string path, string accept, CancellationToken stop)
    {
        var answer = await SendAsync(method, path, accept, null, stop);
        if (answer.IsSuccess) return answer;
        using (answer) throw await answer.RefusalAsync(stop);
    }
}
