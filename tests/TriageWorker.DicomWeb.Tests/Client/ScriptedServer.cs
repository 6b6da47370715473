using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TriageWorker.DicomWeb.Tests;

/// <summary>Answers one request with exactly these bytes, and then keeps quiet or hangs up.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();

    public ScriptedServer(string answer, bool hangsUp)
    {
        _listener.Start();
        Answering = AnswerAsync(answer, hangsUp);
    }

    public Uri Url => new($"http://{_listener.LocalEndpoint}/dicom-web/");

    public Task Answering { get; }

    public void Dispose()
    {
        _over.Cancel();
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task AnswerAsync(string answer, bool hangsUp)
    {
        using var client = await _listener.AcceptTcpClientAsync(_over.Token);
        var stream = client.GetStream();
        await stream.ReadAtLeastAsync(new byte[16 * 1024], 1, throwOnEndOfStream: false, _over.Token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), _over.Token);
        if (!hangsUp) await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, _over.Token);
    }
}
