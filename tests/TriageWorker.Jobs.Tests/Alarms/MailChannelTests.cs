using MimeKit;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Jobs.Tests.Alarms;

/// <summary>Mail to a server that speaks SMTP; another test of the room's sends to Python's.</summary>
public sealed class MailChannelTests
{
    private static readonly DateTimeOffset Made = new(2026, 3, 1, 7, 30, 0, TimeSpan.Zero);

    private static readonly AlarmMessage Message = new(Guid.Parse("11111111-2222-3333-4444-555555555555"), "raised", 17, "destination.down", "pacs", AlarmSeverity.Critical, "open",
        "Nothing reaches pacs – 12 results wait.", Made.AddMinutes(-5), Made.AddMinutes(-5), 1, 3, null, "North", "serial", "TriageWorker", "1.2.3", new Uri("https://triage.example/"));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mail_says_what_is_wrong_and_is_the_same_whenever_it_is_sent()
    {
        await using var peer = new SmtpPeer();

        (await SendAsync(peer, Message)).ShouldBeOfType<NoticeAnswer.Taken>().Words.ShouldContain("4711");
        await SendAsync(peer, Message);

        var (first, second) = (await peer.Mails.ReadAsync(Stop), await peer.Mails.ReadAsync(Stop));
        second.Text.ShouldBe(first.Text);
        first.To.ShouldBe(["ann@hospital.example", "bob@hospital.example"]);
        var mail = first.Message;
        mail.MessageId.ShouldBe("11111111-2222-3333-4444-555555555555@hospital.example");
        mail.Date.ShouldBe(Made);
        mail.From.ToString().ShouldBe("\"TriageWorker North\" <triage@hospital.example>");
        mail.Subject.ShouldBe("[TriageWorker North] CRITICAL: destination.down (pacs)");
        mail.Importance.ShouldBe(MessageImportance.High);
        mail.Headers["Auto-Submitted"].ShouldBe("auto-generated");
        mail.References.ShouldBe(["alarm-17.serial@hospital.example"]);
        mail.Body.ShouldBeOfType<TextPart>().ContentType.MimeType.ShouldBe("text/plain");
        mail.TextBody!.ReplaceLineEndings("\n").ShouldBe("""
            Nothing reaches pacs – 12 results wait.

            Alarm         destination.down (pacs)
            Severity      CRITICAL
            Raised        2026-03-01 08:25:00 Europe/Berlin
            Seen          once
            Flapping      raised 3 times within an hour; not every time is told
            Site          North
            Installation  serial
            Version       1.2.3
            Page          https://triage.example/admin/alarms

            """);
    }

    [Fact]
    public async Task The_end_of_an_alarm_says_so_and_belongs_to_the_same_thread()
    {
        await using var peer = new SmtpPeer();

        await SendAsync(peer, Message with { Event = "cleared", State = "cleared", ClearedBecause = "It answers again.", At = Made });

        var mail = (await peer.Mails.ReadAsync(Stop)).Message;
        mail.Subject.ShouldBe("[TriageWorker North] over: destination.down (pacs)");
        mail.TextBody!.ShouldStartWith("It is over: It answers again.");
        mail.References.ShouldBe(["alarm-17.serial@hospital.example"]);
        mail.Importance.ShouldBe(MessageImportance.Normal);
    }

    [Fact]
    public async Task What_a_subject_holds_never_becomes_a_header_or_ends_the_message()
    {
        await using var peer = new SmtpPeer();

        await SendAsync(peer, Message with { Subject = "pacs\r\nBcc: eve@evil.example", Sentence = "line\r\n.\r\nRCPT TO:<eve@evil.example>" });

        var mail = await peer.Mails.ReadAsync(Stop);
        mail.To.ShouldNotContain("eve@evil.example");
        mail.Message.Bcc.ShouldBeEmpty();
        mail.Message.TextBody!.ShouldContain("RCPT TO:<eve@evil.example>");
    }

    [Theory]
    [InlineData(MailSecurity.StartTls), InlineData(MailSecurity.Tls)]
    public async Task Over_TLS_the_login_travels_after_the_handshake_only(MailSecurity security)
    {
        using var authority = new CertificateAuthority("Hospital");
        using var certificate = authority.Issue("localhost");
        using var folder = new TemporaryFolder();
        await using var peer = new SmtpPeer { Certificate = certificate, TlsFromTheStart = security == MailSecurity.Tls };
        var options = Options(peer) with { Security = security, User = "triage", Password = "pa ss", Host = "localhost" };

        (await SendAsync(Message, options, new SiteAuthorities(null))).ShouldBeOfType<NoticeAnswer.Refused>().Words.ShouldStartWith("TLS: ");
        (await SendAsync(Message, options, new SiteAuthorities(authority.Write(folder.At("own.pem"))))).ShouldBeOfType<NoticeAnswer.Taken>();

        var mail = await peer.Mails.ReadAsync(Stop);
        mail.IsSecure.ShouldBeTrue();
        mail.Login.ShouldBe("triage pa ss");
        peer.Mails.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_without_STARTTLS_gets_no_mail_when_it_is_asked_for()
    {
        await using var peer = new SmtpPeer();

        (await SendAsync(Message, Options(peer) with { Security = MailSecurity.StartTls }, new SiteAuthorities(null))).ShouldBeOfType<NoticeAnswer.Refused>();

        peer.Mails.TryRead(out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("MAIL", "451 4.3.0 try later", "Later")]
    [InlineData("MAIL", "550 5.7.1 not from you", "Refused")]
    [InlineData(".", "452 4.3.1 no room", "Later")]
    [InlineData(".", "554 5.6.0 looks like spam", "Refused")]
    [InlineData("EHLO", "", "Later")]
    [InlineData(".", "", "Later")]
    public async Task Each_answer_says_whether_trying_again_helps(string command, string answer, string expected)
    {
        await using var peer = new SmtpPeer();
        peer.Script = line => line.StartsWith(command, StringComparison.Ordinal) ? answer : null;

        var said = await SendAsync(peer, Message);

        said.GetType().Name.ShouldBe(expected);
        if (answer.Length > 0) said.Words.ShouldContain(answer[4..]);
    }

    [Fact]
    public async Task A_login_that_is_refused_says_so()
    {
        await using var peer = new SmtpPeer();
        peer.Script = line => line.StartsWith("AUTH", StringComparison.Ordinal) ? "535 5.7.8 wrong password" : null;

        (await SendAsync(Message, Options(peer) with { User = "triage", Password = "secret" }, new SiteAuthorities(null)))
            .ShouldBeOfType<NoticeAnswer.Refused>().Words.ShouldStartWith("the login was refused");
    }

    [Fact]
    public async Task One_receiver_that_is_unknown_keeps_the_mail_from_no_other_and_is_named()
    {
        await using var peer = new SmtpPeer();
        peer.Script = line => line.StartsWith("RCPT TO:<ann", StringComparison.Ordinal) ? "550 5.1.1 no such user" : null;

        var said = (await SendAsync(peer, Message)).ShouldBeOfType<NoticeAnswer.Taken>();

        said.Words.ShouldContain("not for ann@hospital.example: 550 5.1.1 no such user");
        (await peer.Mails.ReadAsync(Stop)).To.ShouldBe(["bob@hospital.example"]);
    }

    [Fact]
    public async Task Where_no_receiver_is_known_nothing_was_sent()
    {
        await using var peer = new SmtpPeer();
        peer.Script = line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.1.1 no such user" : null;

        (await SendAsync(peer, Message)).ShouldBeOfType<NoticeAnswer.Refused>();

        peer.Mails.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_goodbye_that_fails_sends_nothing_twice()
    {
        await using var peer = new SmtpPeer();
        peer.Script = line => line.StartsWith("QUIT", StringComparison.Ordinal) ? "" : null;

        (await SendAsync(peer, Message)).ShouldBeOfType<NoticeAnswer.Taken>();
    }

    [Fact]
    public async Task Pythons_mail_server_takes_it_too()
    {
        var port = Loopback.FreePort();
        using var server = ExternalTool.Start("python3", ["-W", "ignore", "-u", "-c",
            $"import asyncore, smtpd; s = smtpd.DebuggingServer(('127.0.0.1', {port}), None, decode_data=True); print('ready'); asyncore.loop()"]);
        try
        {
            (await server.StandardOutput.ReadLineAsync(Stop)).ShouldBe("ready");
            var options = new MailOptions { Host = "127.0.0.1", Port = port, Security = MailSecurity.None, From = "triage@hospital.example", To = ["ann@hospital.example"] };

            (await SendAsync(Message, options, new SiteAuthorities(null))).ShouldBeOfType<NoticeAnswer.Taken>();

            var said = new List<string>();
            while (await server.StandardOutput.ReadLineAsync(Stop) is { } line && !line.Contains("END MESSAGE", StringComparison.Ordinal)) said.Add(line);
            said.ShouldContain("Subject: [TriageWorker North] CRITICAL: destination.down (pacs)");
            said.ShouldContain("Message-Id: <11111111-2222-3333-4444-555555555555@hospital.example>");
        }
        finally
        {
            server.Kill();
        }
    }

    private static MailOptions Options(SmtpPeer peer) => new()
    {
        Host = "127.0.0.1", Port = peer.Port, Security = MailSecurity.None, From = "TriageWorker North <triage@hospital.example>",
        To = ["ann@hospital.example", "Bob <bob@hospital.example>"],
    };

    private static Task<NoticeAnswer> SendAsync(SmtpPeer peer, AlarmMessage message) => SendAsync(message, Options(peer), new SiteAuthorities(null));

    private static Task<NoticeAnswer> SendAsync(AlarmMessage message, MailOptions options, SiteAuthorities authorities) =>
        new MailChannel(options, authorities, AlarmFixture.Times).SendAsync(message.Write(), Made, Stop);
}
