using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;
using MimeKit;

namespace TriageWorker.Jobs.Tests.Alarms;

/// <summary>A mail server on loopback that speaks SMTP (RFC 5321, 3207, 4954) and takes what its script does not refuse.</summary>
internal sealed class SmtpPeer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Channel<TakenMail> _mails = Channel.CreateUnbounded<TakenMail>();
    private readonly Task _accepting;

    public SmtpPeer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>With it, STARTTLS is offered.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>With it, TLS begins with the first byte.</summary>
    public bool TlsFromTheStart { get; init; }

    /// <summary>What is answered in place of the usual; null: the usual. <c>.</c> is the end of the data. An empty answer drops the connection.</summary>
    public Func<string, string?> Script { get; set; } = _ => null;

    public ChannelReader<TakenMail> Mails => _mails.Reader;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var conversations = new List<Task>();
        try
        {
            while (true) conversations.Add(ConverseAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }

        await Task.WhenAll(conversations);
    }

    private async Task ConverseAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                var isSecure = false;
                if (TlsFromTheStart) (stream, isSecure) = (await SecureAsync(stream), true);
                await using (stream) await ConverseAsync(stream, isSecure);
            }
            catch (Exception broken) when (broken is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
            }
        }
    }

    private async Task ConverseAsync(Stream stream, bool isSecure)
    {
        var (login, to) = ("", new List<string>());
        await SayAsync(stream, "220 mail.example ESMTP");
        while (await ReadLineAsync(stream) is { } line)
        {
            var answer = Script(line);
            if (answer is { Length: 0 }) return;
            if (answer is not null)
            {
                await SayAsync(stream, answer);
                continue;
            }

            switch (line.Split(' ')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await SayAsync(stream, $"250-mail.example{(Certificate is not null && !isSecure ? "\r\n250-STARTTLS" : "")}\r\n250-AUTH PLAIN\r\n250 8BITMIME");
                    break;
                case "STARTTLS":
                    await SayAsync(stream, "220 go ahead");
                    (stream, isSecure) = (await SecureAsync(stream), true);
                    break;
                case "AUTH":
                    login = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2])).Replace('\0', ' ').Trim();
                    await SayAsync(stream, "235 2.7.0 welcome");
                    break;
                case "RCPT":
                    to.Add(line["RCPT TO:<".Length..].Split('>')[0]);
                    await SayAsync(stream, "250 2.1.5 ok");
                    break;
                case "DATA":
                    await SayAsync(stream, "354 end with a dot");
                    var text = await ReadDataAsync(stream);
                    _mails.Writer.TryWrite(new TakenMail(text, to, login, isSecure));
                    if (Script(".") is { } end && end.Length == 0) return;
                    await SayAsync(stream, Script(".") ?? "250 2.0.0 queued as 4711");
                    break;
                case "QUIT":
                    await SayAsync(stream, "221 bye");
                    return;
                default:
                    await SayAsync(stream, "250 ok");
                    break;
            }
        }
    }

    private async Task<Stream> SecureAsync(Stream stream)
    {
        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _end.Token);
        return secure;
    }

    private async Task<string> ReadDataAsync(Stream stream)
    {
        var text = new StringBuilder();
        while (await ReadLineAsync(stream) is { } line and not ".") text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        return text.ToString();
    }

    private async Task SayAsync(Stream stream, string answer) => await stream.WriteAsync(Encoding.ASCII.GetBytes(answer + "\r\n"), _end.Token);

    // Byte by byte: what follows STARTTLS belongs to TLS, and no reader may have taken it.
    private async Task<string?> ReadLineAsync(Stream stream)
    {
        var (line, one) = (new List<byte>(), new byte[1]);
        while (await stream.ReadAsync(one, _end.Token) == 1)
        {
            if (one[0] != '\n') line.Add(one[0]);
            else return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
        }

        return null;
    }
}

/// <param name="To">The receivers of the envelope.</param>
/// <param name="Login">User and password as they came.</param>
internal sealed record TakenMail(string Text, IReadOnlyList<string> To, string Login, bool IsSecure)
{
    public MimeMessage Message => MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(Text)));
}
