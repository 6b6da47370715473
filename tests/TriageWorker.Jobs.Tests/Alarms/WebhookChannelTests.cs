using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Jobs.Tests.Alarms;

public sealed class WebhookChannelTests
{
    private static readonly byte[] Key = Enumerable.Range(7, 32).Select(number => (byte)number).ToArray();
    private static readonly AlarmMessage Message = AlarmMessage.Test(DateTimeOffset.UnixEpoch, "North", null);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(""), InlineData("whsec_")]
    public async Task A_signature_is_over_id_time_and_body_and_any_change_breaks_it(string prefix)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var channel = AlarmFixture.Webhook(receiver, "pager", secret: prefix + Convert.ToBase64String(Key));

        (await channel.SendAsync(Message.Write(), DateTimeOffset.UnixEpoch, Stop)).ShouldBe(new NoticeAnswer.Taken("HTTP 204 No Content"));

        var post = await receiver.Posts.ReadAsync(Stop);
        var (id, time) = (post.Headers["webhook-id"], post.Headers["webhook-timestamp"]);
        post.Headers["webhook-signature"].ShouldBe(Signature($"{id}.{time}.{post.Body}", Key));
        post.Headers["webhook-signature"].ShouldNotBe(Signature($"{id}.{time}.{post.Body} ", Key));
        post.Headers["webhook-signature"].ShouldNotBe(Signature($"{id}.{time}0.{post.Body}", Key));
        post.Headers["webhook-signature"].ShouldNotBe(Signature($"{id}.{time}.{post.Body}", [.. Key[1..], 1]));
        id.ShouldBe(Message.Id.ToString());
        (TimeProvider.System.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(long.Parse(time, CultureInfo.InvariantCulture))).Duration().ShouldBeLessThan(TimeSpan.FromMinutes(5));
        post.Headers["content-type"].ShouldBe("application/json; charset=utf-8");
        post.Headers["user-agent"].ShouldStartWith("TriageWorker/");
    }

    [Fact]
    public async Task Without_a_secret_nothing_is_signed_and_headers_of_the_site_go_along()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var channel = new WebhookChannel(new WebhookOptions { Name = "pager", Url = receiver.Url, Headers = new() { ["Authorization"] = "Bearer abc" } }, new SiteAuthorities(null), TimeProvider.System);

        await channel.SendAsync(Message.Write(), DateTimeOffset.UnixEpoch, Stop);

        var post = await receiver.Posts.ReadAsync(Stop);
        post.Headers.Keys.ShouldNotContain("webhook-signature", StringComparer.OrdinalIgnoreCase);
        post.Headers["authorization"].ShouldBe("Bearer abc");
    }

    [Theory]
    [InlineData(200, "Taken"), InlineData(202, "Taken"), InlineData(301, "Refused"), InlineData(400, "Refused"), InlineData(401, "Refused"), InlineData(408, "Later")]
    [InlineData(429, "Later"), InlineData(500, "Later"), InlineData(503, "Later")]
    public async Task Each_status_says_whether_trying_again_helps(int status, string expected)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var channel = AlarmFixture.Webhook(receiver, "pager");
        receiver.Status = status;

        var answer = await channel.SendAsync(Message.Write(), DateTimeOffset.UnixEpoch, Stop);

        answer.GetType().Name.ShouldBe(expected);
        answer.Words.ShouldStartWith($"HTTP {status}");
        (await receiver.Posts.ReadAsync(Stop)).Body.ShouldBe(Message.Write());
        receiver.Posts.TryRead(out _).ShouldBeFalse("a redirect is not followed");
    }

    [Fact]
    public async Task Nobody_there_and_one_that_hangs_up_are_tried_later()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var broken = AlarmFixture.Webhook(receiver, "pager");
        receiver.Before = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        using var nobody = new WebhookChannel(new WebhookOptions { Name = "nobody", Url = new Uri($"http://127.0.0.1:{Loopback.FreePort()}/secret-path") }, new SiteAuthorities(null), TimeProvider.System);

        (await broken.SendAsync(Message.Write(), DateTimeOffset.UnixEpoch, Stop)).ShouldBeOfType<NoticeAnswer.Later>();
        (await nobody.SendAsync(Message.Write(), DateTimeOffset.UnixEpoch, Stop)).ShouldBeOfType<NoticeAnswer.Later>().Words.ShouldNotContain("secret-path");
    }

    [Fact]
    public async Task One_that_does_not_answer_is_given_up_when_its_time_is_over()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var channel = AlarmFixture.Webhook(receiver, "pager");
        using var late = new CancellationTokenSource();
        receiver.Before = async context =>
        {
            await late.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };

        (await channel.SendAsync(Message.Write(), DateTimeOffset.UnixEpoch, late.Token)).ShouldBe(new NoticeAnswer.Later("it did not answer in time"));
    }

    [Fact]
    public async Task A_certificate_of_the_sites_own_authority_is_good_only_when_the_settings_name_it()
    {
        using var authority = new CertificateAuthority("Hospital");
        using var stranger = new CertificateAuthority("Stranger");
        using var certificate = authority.Issue("localhost");
        using var folder = new TemporaryFolder();
        await using var receiver = await WebhookReceiver.StartAsync(certificate);
        var options = new WebhookOptions { Name = "pager", Url = new UriBuilder(receiver.Url) { Host = "localhost" }.Uri };

        foreach (var (file, expected) in new[] { (authority.Write(folder.At("own.pem")), "Taken"), (stranger.Write(folder.At("other.pem")), "Refused"), (null, "Refused") })
        {
            using var channel = new WebhookChannel(options, new SiteAuthorities(file), TimeProvider.System);
            (await channel.SendAsync(Message.Write(), DateTimeOffset.UnixEpoch, Stop)).GetType().Name.ShouldBe(expected);
        }

        receiver.Posts.Count.ShouldBe(1);
    }

    private static string Signature(string text, byte[] key) => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
}
