using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Bus;
using TriageWorker.Store;

namespace TriageWorker.Jobs;

/// <summary>
/// Sends notices, each channel in a loop of its own, so that one that hangs keeps no other waiting. Any number of processes may send.
/// A crash between the receiver's taking and our noting it sends the notice again, with the same id and the same words.
/// </summary>
internal sealed partial class NoticeSender(
    NoticeStore notices, NoticeChannels channels, InstallationStore installation, IOptions<AlarmOptions> options, IOptions<SiteOptions> site, TimeProvider clock,
    ILogger<NoticeSender> log) : BackgroundService
{
    /// <summary>A channel that has failed so often in a row on one notice is an alarm itself, told through the others.</summary>
    private const int Trouble = 3;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1), SettleWithin = TimeSpan.FromSeconds(10), FinishWithin = TimeSpan.FromSeconds(5);
    private static readonly RetryPolicy AfterTrouble = new(int.MaxValue, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    private RetryPolicy Retry => new(options.Value.MaxAttempts, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10));

    /// <summary>Sends the notice that is due on a channel.</summary>
    /// <returns>False when none is.</returns>
    public async Task<bool> SendNextAsync(INoticeChannel channel, CancellationToken stop)
    {
        var name = channel.Terms.Name;
        var lease = options.Value.AnswerWithin + SettleWithin + FinishWithin;
        if (await notices.TakeAsync(name, lease, stop) is not { } notice) return false;
        var content = notice.Content ?? AlarmMessage.Of(notice, site.Value.Name, await installation.SerialNumberAsync(stop), options.Value.Link).Write();
        if (await notices.FixAsync(notice, content, stop) is not { } fixedContent) return true;
        var answer = await SendAsync(channel, fixedContent, notice.CreatedAt, stop);
        using var deadline = new CancellationTokenSource(SettleWithin, clock);
        await SettleAsync(notice, name, answer, deadline.Token);
        return true;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => channels.All.Count == 0
        ? Task.Delay(Timeout.InfiniteTimeSpan, clock, stoppingToken) // a loop that ends is taken for dead
        : Task.WhenAll(channels.All.Select(channel => RunAsync(channel, stoppingToken)));

    [SuppressMessage("Design", "CA1031", Justification = "The outermost loop: a notice that could not be settled is due again.")]
    private async Task RunAsync(INoticeChannel channel, CancellationToken stop)
    {
        AlarmTelemetry.Notices.Add(0, new("channel", channel.Terms.Name), new KeyValuePair<string, object?>("ended", "sent"));
        var troubles = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (!await SendNextAsync(channel, stop)) await Task.Delay(LookEvery, clock, stop);
                troubles = 0;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
            }
            catch (Exception error)
            {
                if (++troubles == 1) LogTrouble(channel.Terms.Name, error.Message, error is NpgsqlException or OperationCanceledException ? null : error);
                await Task.Delay(AfterTrouble.DelayAfter(troubles), clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Shutdown gives what is on its way a moment, or the receiver would get it twice.
    private async Task<NoticeAnswer> SendAsync(INoticeChannel channel, string content, DateTimeOffset made, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(options.Value.AnswerWithin, clock);
        await using var stopping = stop.Register(() => late.CancelAfter(FinishWithin));
        return await channel.SendAsync(content, made, late.Token);
    }

    private async Task SettleAsync(LeasedNotice notice, string channel, NoticeAnswer answer, CancellationToken stop)
    {
        var ended = "sent";
        if (answer is NoticeAnswer.Taken)
        {
            if (!await notices.SentAsync(notice, channel, answer.Words, stop)) LogLost(notice.Id, channel);
            else LogSent(notice.Id, notice.Alarm.Kind, channel, notice.Attempt, answer.Words);
        }
        else
        {
            // What waiting alone does not mend is tried on too, but slowly from the first time on.
            TimeSpan? again = notice.Attempt >= Retry.MaxAttempts ? null : answer is NoticeAnswer.Refused ? Retry.Longest : Retry.DelayAfter(notice.Attempt);
            ended = again is null ? "failed" : "later";
            var trouble = notice.Attempt >= Trouble || again is null || answer is NoticeAnswer.Refused
                ? new Alarm(NoticeStore.ChannelDown, channel, AlarmSeverity.Warning, $"Alarms do not reach anybody through {channel}: {answer.Words}. Try it with: triage alarms test.")
                : null;
            if (!await notices.FailedAsync(notice, answer.Words, again, trouble, stop)) LogLost(notice.Id, channel);
            else if (again is { } wait) LogLater(notice.Id, notice.Alarm.Kind, channel, notice.Attempt, Retry.MaxAttempts, answer.Words, wait);
            else LogGivenUp(notice.Id, notice.Alarm.Kind, channel, notice.Attempt, answer.Words);
        }

        AlarmTelemetry.Notices.Add(1, new("channel", channel), new KeyValuePair<string, object?>("ended", ended));
    }

    [LoggerMessage(8020, LogLevel.Information, "Notice {Notice} of {Kind} is told through {Channel}, attempt {Attempt}: {Answer}")]
    private partial void LogSent(Guid notice, string kind, string channel, int attempt, string answer);

    [LoggerMessage(8021, LogLevel.Warning, "Notice {Notice} of {Kind} did not get through {Channel}, attempt {Attempt} of {MaxAttempts}: {Answer}. It is tried again in {Wait}")]
    private partial void LogLater(Guid notice, string kind, string channel, int attempt, int maxAttempts, string answer, TimeSpan wait);

    [LoggerMessage(8022, LogLevel.Error, "Notice {Notice} of {Kind} is given up on {Channel} after {Attempts} attempts: {Answer}")]
    private partial void LogGivenUp(Guid notice, string kind, string channel, int attempts, string answer);

    [LoggerMessage(8023, LogLevel.Warning, "Notice {Notice} took too long on {Channel} and may be sent again with the same id")]
    private partial void LogLost(Guid notice, string channel);

    [LoggerMessage(8024, LogLevel.Error, "Notices cannot be sent through {Channel}; it keeps trying: {Reason}")]
    private partial void LogTrouble(string channel, string reason, Exception? ownFault);
}
