using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Jobs.Tests.Alarms;

/// <summary>A database with what makes and sends notices over it. Database time is the only clock that counts, so the past is moved instead of waited for.</summary>
public class AlarmFixture(PostgresServer server) : PostgresFixture(server)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal static AlarmOptions Options { get; } = new() { HoldDown = TimeSpan.FromMinutes(15), MaxAttempts = 4, AnswerWithin = TimeSpan.FromSeconds(60) };

    internal static SiteTimes Times { get; } = new(Microsoft.Extensions.Options.Options.Create(new SiteOptions { TimeZone = "Europe/Berlin" }));

    internal NoticeStore Notices => Get<NoticeStore>();

    /// <summary>A sender as one process has it.</summary>
    internal NoticeSender Sender(AlarmOptions? options = null) => new(Notices, Channels(options ?? Options), Get<InstallationStore>(),
        Microsoft.Extensions.Options.Options.Create(options ?? Options), Microsoft.Extensions.Options.Options.Create(new SiteOptions { Name = "North" }), TimeProvider.System, NullLogger<NoticeSender>.Instance);

    internal static NoticeChannels Channels(AlarmOptions options) => new(Microsoft.Extensions.Options.Options.Create(options), Times, TimeProvider.System);

    internal static WebhookChannel Webhook(WebhookReceiver receiver, string name, AlarmSeverity minimum = AlarmSeverity.Warning, string secret = "") =>
        new(new WebhookOptions { Name = name, Url = receiver.Url, MinimumSeverity = minimum, Secret = secret }, new SiteAuthorities(null), TimeProvider.System);

    /// <summary>Makes the notices of all events for these channels.</summary>
    internal async Task MakeAsync(params INoticeChannel[] channels)
    {
        while (await Get<NoticePlan>().MakeAsync([.. channels.Select(channel => channel.Terms)], Options.HoldDown, Stop) > 0)
        {
        }
    }

    /// <summary>Lets so much time go by for everything that was told.</summary>
    public Task PassAsync(TimeSpan time) => SqlAsync(
        """
        with notice as (
          update alarm_notice set due_at = due_at - $1, created_at = created_at - $1, settled_at = settled_at - $1),
        event as (update alarm_event set at = at - $1)
        update alarm set raised_at = raised_at - $1, told_at = told_at - $1, last_seen_at = last_seen_at - $1, cleared_at = cleared_at - $1
        """, time);

    /// <summary>What was told of a subject, in order: event, channel, state.</summary>
    public async Task<IReadOnlyList<string>> ToldAsync(string subject)
    {
        await using var connection = await Database.OpenAsync(Stop);
        return await connection.ListAsync(
            "select e.what || ' ' || n.channel || ' ' || n.state from alarm_notice n join alarm_event e on e.id = n.event_id join alarm a on a.id = n.alarm_id where a.subject = $1 order by n.event_id, n.channel",
            [subject], row => row.GetString(0), Stop);
    }

    public async Task<int> CountAsync(string what, params object?[] values)
    {
        await using var connection = await Database.OpenAsync(Stop);
        return await connection.FirstAsync(string.Create(CultureInfo.InvariantCulture, $"select count(*)::integer from {what}"), values, row => row.GetInt32(0), Stop);
    }

    public async Task SqlAsync(string sql, params object?[] values)
    {
        await using var connection = await Database.OpenAsync(Stop);
        await connection.ExecuteAsync(sql, values, Stop);
    }
}

/// <summary>The same on the oldest server that is supported.</summary>
public sealed class AlarmOn15Fixture(Postgres15Server server) : AlarmFixture(server);
