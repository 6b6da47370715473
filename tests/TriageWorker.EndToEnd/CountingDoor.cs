using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TriageWorker.DicomWeb;

namespace TriageWorker.EndToEnd;

/// <summary>Stands before a node's door: hands on what is asked, counts it, and lets no more through than it is told.</summary>
internal sealed class CountingDoor : IAsyncDisposable
{
    private readonly HttpClient _node = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly WebApplication _app;
    private readonly Uri _behind;
    private int _let;

    private CountingDoor(WebApplication app, Uri behind) => (_app, _behind) = (app, behind);

    public string Url => _app.Urls.First();

    /// <summary>So many requests are handed on from the start; the rest waits until its client hangs up.</summary>
    public int Most { get; set; } = int.MaxValue;

    /// <summary>The addresses that were handed on.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    public static async Task<CountingDoor> StartAsync(int portBehind)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var door = new CountingDoor(app, new Uri($"http://127.0.0.1:{portBehind}/"));
        app.Run(door.AnswerAsync);
        await app.StartAsync();
        return door;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _node.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (Interlocked.Increment(ref _let) > Most)
        {
            var gone = new TaskCompletionSource();
            await using var hungUp = http.RequestAborted.Register(gone.SetResult);
            await gone.Task;
            return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_behind, http.Request.Path.Value));
        foreach (var name in (string[])["Accept", NodeHeaders.Node, NodeHeaders.Secret])
            if (http.Request.Headers.TryGetValue(name, out var said)) request.Headers.TryAddWithoutValidation(name, said.ToString());
        try
        {
            using var answer = await _node.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
            _asked.Enqueue(http.Request.Path.Value!);
            http.Response.StatusCode = (int)answer.StatusCode;
            http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            if (answer.Headers.TryGetValues(NodeHeaders.Node, out var node)) http.Response.Headers[NodeHeaders.Node] = node.ToArray();
            await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
        catch (HttpRequestException)
        {
            http.Abort(); // as the node itself would look
        }
    }
}
