using Microsoft.Extensions.Options;

namespace TriageWorker.Jobs;

/// <summary>The channels that the settings name.</summary>
internal sealed class NoticeChannels(IOptions<AlarmOptions> options, SiteTimes times, TimeProvider clock) : IDisposable
{
    public IReadOnlyList<INoticeChannel> All { get; } = Make(options.Value, times, clock);

    public void Dispose()
    {
        foreach (var channel in All.OfType<IDisposable>()) channel.Dispose();
    }

    private static List<INoticeChannel> Make(AlarmOptions options, SiteTimes times, TimeProvider clock)
    {
        var authorities = new SiteAuthorities(options.Authorities);
        List<INoticeChannel> channels = [.. options.Webhooks.Select(webhook => new WebhookChannel(webhook, authorities, clock))];
        if (options.Mail.Host.Length > 0) channels.Add(new MailChannel(options.Mail, authorities, times));
        return channels;
    }
}
