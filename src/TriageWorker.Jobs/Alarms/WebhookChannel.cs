using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using TriageWorker.Store;

namespace TriageWorker.Jobs;

/// <summary>Posts a notice, with the id, time and signature headers of the Standard Webhooks specification (standardwebhooks.com, version 1).</summary>
internal sealed class WebhookChannel(WebhookOptions options, SiteAuthorities authorities, TimeProvider clock) : INoticeChannel, IDisposable
{
    private readonly byte[]? _key = options.Key;

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // what was signed for one receiver goes to no other
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // names may come to mean other addresses
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, chain, errors) => authorities.IsGood(certificate, chain, errors) },
    }) { Timeout = Timeout.InfiniteTimeSpan };

    public ChannelTerms Terms { get; } = new(options.Name, options.MinimumSeverity);

    public async Task<NoticeAnswer> SendAsync(string content, DateTimeOffset made, CancellationToken stop)
    {
        try
        {
            using var request = Request(content, AlarmMessage.Read(content).Id.ToString());
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            var words = $"HTTP {(int)answer.StatusCode} {answer.ReasonPhrase}".TrimEnd();
            return (int)answer.StatusCode switch
            {
                >= 200 and < 300 => new NoticeAnswer.Taken(words),
                408 or 425 or 429 or >= 500 => new NoticeAnswer.Later(words), // its own trouble, or too much at once
                >= 300 and < 400 => new NoticeAnswer.Refused($"{words}: it redirects; set Url to where it leads, if that is right"),
                _ => new NoticeAnswer.Refused(words),
            };
        }
        catch (HttpRequestException broken) when (broken.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            return new NoticeAnswer.Refused($"TLS: {broken.GetBaseException().Message}");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return new NoticeAnswer.Later(broken.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new NoticeAnswer.Later("it did not answer in time");
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Request(string content, string id)
    {
        var body = Encoding.UTF8.GetBytes(content);
        var time = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture); // of this attempt, so that a receiver may refuse old ones
        var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        request.Headers.UserAgent.Add(new(AlarmMessage.ProductName, AlarmMessage.ProductVersion.Split('+')[0]));
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", time);
        if (_key is not null) request.Headers.Add("webhook-signature", $"v1,{Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{id}.{time}.{content}")))}");
        foreach (var (name, value) in options.Headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }
}
