using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using TriageWorker.Store;

namespace TriageWorker.Jobs;

/// <summary>Hands a mail to the site's server. It stands for the mail that the server has taken the message; what comes back later goes to the sender's address.</summary>
internal sealed class MailChannel(MailOptions options, SiteAuthorities authorities, SiteTimes times) : INoticeChannel
{
    public ChannelTerms Terms { get; } = new(MailOptions.ChannelName, options.MinimumSeverity);

    public async Task<NoticeAnswer> SendAsync(string content, DateTimeOffset made, CancellationToken stop)
    {
        using var client = new TolerantClient { CheckCertificateRevocation = false }; // the lists are out of reach from a hospital's inner network
        client.ServerCertificateValidationCallback = (_, certificate, chain, errors) => authorities.IsGood(certificate, chain, errors);
        try
        {
            using var message = MailText.Write(AlarmMessage.Read(content), options, made, times);
            await client.ConnectAsync(options.Host, options.Port, Socket(options.Security), stop);
            if (options.User.Length > 0) await client.AuthenticateAsync(options.User, options.Password, stop);
            var answer = await client.SendAsync(message, stop);
            await QuitAsync(client, stop);
            return new NoticeAnswer.Taken(client.Refused.Count == 0 ? answer : $"{answer} (not for {string.Join("; ", client.Refused)})");
        }
        catch (SmtpCommandException said)
        {
            var words = $"SMTP {(int)said.StatusCode}: {said.Message}{(client.Refused.Count > 0 ? $" ({string.Join("; ", client.Refused)})" : "")}";
            return (int)said.StatusCode is >= 400 and < 500 ? new NoticeAnswer.Later(words) : new NoticeAnswer.Refused(words); // RFC 5321, 4.2.1
        }
        catch (AuthenticationException refused)
        {
            return new NoticeAnswer.Refused($"the login was refused: {refused.Message}");
        }
        catch (SslHandshakeException refused)
        {
            return new NoticeAnswer.Refused($"TLS: {refused.Message.Split('\n')[0].Trim()}");
        }
        catch (NotSupportedException missing)
        {
            return new NoticeAnswer.Refused(missing.Message); // no STARTTLS, or no login that both know
        }
        catch (Exception broken) when (broken is IOException or SocketException or ProtocolException or ServiceNotConnectedException)
        {
            return new NoticeAnswer.Later(broken.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new NoticeAnswer.Later("it did not answer in time");
        }
    }

    private static SecureSocketOptions Socket(MailSecurity security) => security switch
    {
        MailSecurity.StartTls => SecureSocketOptions.StartTls,
        MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.None,
    };

    // The message is taken; a goodbye that fails changes nothing, and must not send it twice.
    private static async Task QuitAsync(SmtpClient client, CancellationToken stop)
    {
        try
        {
            await client.DisconnectAsync(quit: true, stop);
        }
        catch (Exception broken) when (broken is IOException or ProtocolException or SocketException or OperationCanceledException)
        {
        }
    }

    /// <summary>One receiver that the server does not know keeps the mail from none of the others.</summary>
    private sealed class TolerantClient : SmtpClient
    {
        public List<string> Refused { get; } = [];

        protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
            Refused.Add($"{mailbox.Address}: {(int)response.StatusCode} {response.Response}");
    }
}
