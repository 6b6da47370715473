using System.Net.Sockets;
using System.Text;
using Xunit;

namespace TriageWorker.Testing;

/// <summary>A request of HTTP/1.1 as bytes on a socket, for what no well-behaved client does: to send half, to wait, to hang up.</summary>
public sealed class RawHttp : IDisposable
{
    private readonly TcpClient _client = new();

    public static async Task<RawHttp> ConnectAsync(Uri server)
    {
        var http = new RawHttp();
        await http._client.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        return http;
    }

    /// <param name="length">What the head says of the body; of which any part may be sent.</param>
    public Task BeginPostAsync(Uri address, string type, long length, params string[] headers) => SendAsync(Encoding.ASCII.GetBytes(
        $"POST {address.AbsolutePath} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n"));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _client.GetStream().WriteAsync(bytes, TestContext.Current.CancellationToken);

    /// <summary>Everything that is answered, until the server closes, or until these words.</summary>
    public async Task<string> AnswerAsync(string until = "\0")
    {
        var said = new StringBuilder();
        var block = new byte[4096];
        while (!said.ToString().Contains(until, StringComparison.Ordinal) && await _client.GetStream().ReadAsync(block, TestContext.Current.CancellationToken) is > 0 and var count)
            said.Append(Encoding.UTF8.GetString(block, 0, count));
        return said.ToString();
    }

    /// <summary>Goes away in the middle, without a word (RST) or as one who has said all (FIN).</summary>
    public void HangUp(bool abruptly)
    {
        if (abruptly) _client.LingerState = new LingerOption(true, 0);
        _client.Close();
    }

    public void Dispose() => _client.Dispose();
}
