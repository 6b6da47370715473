using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TriageWorker.Bus;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Jobs.Tests.Alarms;

/// <summary>The role as the product composes it: an alarm goes in at one end, somebody is told at the other.</summary>
public sealed class AlarmRoleTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_alarm_reaches_a_pager_and_a_mailbox_and_the_figures()
    {
        await using var pager = await WebhookReceiver.StartAsync();
        await using var mailbox = new SmtpPeer();
        var figures = new Dictionary<string, long>();
        using var listener = Listen(figures);
        using var host = await StartAsync(
            ("Alarms:Webhooks:0:Name", "pager"), ("Alarms:Webhooks:0:Url", pager.Url.ToString()),
            ("Alarms:Mail:Host", "127.0.0.1"), ("Alarms:Mail:Port", $"{mailbox.Port}"), ("Alarms:Mail:Security", "None"),
            ("Alarms:Mail:From", "triage@hospital.example"), ("Alarms:Mail:To:0", "ann@hospital.example"));

        await host.Services.GetRequiredService<AlarmStore>().SetAsync(new("test.role", "pacs", AlarmSeverity.Critical, "It does not answer."), Stop);

        var post = await pager.Posts.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop);
        JsonDocument.Parse(post.Body).RootElement.GetProperty("kind").GetString().ShouldBe("test.role");
        var mail = await mailbox.Mails.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop);
        mail.Message.Subject!.ShouldContain("test.role (pacs)");
        // Of a kind of its own: the figures are the whole process's, and other tests raise alarms beside this one.
        figures["triage.alarm.raised test.role critical"].ShouldBe(1);
        await host.StopAsync(Stop);
    }

    private async Task<IHost> StartAsync(params (string, string)[] settings)
    {
        var configuration = postgres.Configuration([.. settings, ("Audit:HeadFile", _folder.At("audit-heads.jsonl"))]);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddConfiguration(configuration);
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.AddStore(configuration).AddBus(configuration).AddJobs();
        var host = builder.Build();
        await host.StartAsync(Stop);
        return host;
    }

    private static MeterListener Listen(Dictionary<string, long> figures)
    {
        var listener = new MeterListener { InstrumentPublished = (instrument, self) => { if (instrument.Meter.Name == AlarmTelemetry.Name) self.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var name = string.Join(' ', [instrument.Name, .. tags.ToArray().Select(tag => tag.Value)]);
            lock (figures) figures[name] = figures.GetValueOrDefault(name) + value;
        });
        listener.Start();
        return listener;
    }
}
