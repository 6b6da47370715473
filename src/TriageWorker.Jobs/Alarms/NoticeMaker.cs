using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Jobs;

/// <summary>Makes notices of alarms' events, and reminders of alarms that last. Any number of processes may run it.</summary>
internal sealed partial class NoticeMaker(NoticePlan plan, NoticeStore notices, NoticeChannels channels, IOptions<AlarmOptions> options, TimeProvider clock, ILogger<NoticeMaker> log)
    : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1), AbandonEvery = TimeSpan.FromMinutes(10), Orphaned = TimeSpan.FromDays(1);
    private long? _abandoned;

    public async Task MakeAsync(CancellationToken stop)
    {
        await plan.RemindAsync(options.Value.RemindEvery, stop);
        await plan.MakeAsync([.. channels.All.Select(channel => channel.Terms)], options.Value.HoldDown, stop);
        if (_abandoned is { } last && clock.GetElapsedTime(last) < AbandonEvery) return;
        await notices.AbandonAsync([.. channels.All.Select(channel => channel.Terms.Name)], Orphaned, stop);
        _abandoned = clock.GetTimestamp();
    }

    [SuppressMessage("Design", "CA1031", Justification = "The outermost loop: events stay until their notices are made.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (channels.All.Count == 0) LogNobody();
        using var timer = new PeriodicTimer(LookEvery, clock);
        var away = false;
        do
        {
            try
            {
                await MakeAsync(stoppingToken);
                away = false;
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                if (!away) LogTrouble(error.Message, error is NpgsqlException ? null : error);
                away = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(8025, LogLevel.Information, "No channel is set for alarms (Alarms:Webhooks, Alarms:Mail): they stand on the page and in the metrics, and nobody is told")]
    private partial void LogNobody();

    [LoggerMessage(8026, LogLevel.Error, "Notices of alarms cannot be made; it keeps trying: {Reason}")]
    private partial void LogTrouble(string reason, Exception? ownFault);
}
