using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TriageWorker.Store;

namespace TriageWorker.Web;

/// <summary>
/// Tells open pages that something changed. One database connection listens for the whole process; what it is not told
/// (arrivals, or anything while it was away) is found by comparing the list's version, and only while a page is open.
/// </summary>
internal sealed partial class WorklistFeed(WorklistStore store, AlarmStore alarms, WorklistChanges changes, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<WorklistFeed> log)
    : BackgroundService
{
    private static readonly TimeSpan Check = TimeSpan.FromSeconds(1.5), Heartbeat = TimeSpan.FromSeconds(15), Retry = TimeSpan.FromSeconds(2);

    // A page that changes more often than this only flickers.
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<Channel<long>, bool> _pages = new();
    private long _number;

    /// <summary>
    /// What one page hears: <c>hello</c>, then <c>changed</c> whenever it should read again, and a <c>heartbeat</c> in quiet
    /// times. It ends when the product stops, so that no open page delays that.
    /// </summary>
    public async IAsyncEnumerable<SseItem<string>> FollowAsync([EnumeratorCancellation] CancellationToken stop)
    {
        // Only the newest number counts: changes that come together, or while a page is slow, are one change to it.
        var page = Channel.CreateBounded<long>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        _pages[page] = true;
        var heard = Interlocked.Read(ref _number);
        using var ending = lifetime.ApplicationStopping.Register(() => page.Writer.TryComplete());
        try
        {
            yield return new("", "hello") { ReconnectionInterval = Retry };
            await foreach (var number in page.Reader.ReadAllAsync(stop))
            {
                yield return new("", number == heard ? "heartbeat" : "changed");
                if (number != heard) await Task.Delay(Calm, time, stop);
                heard = number;
            }
        }
        finally
        {
            _pages.TryRemove(page, out _);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(ListenAsync(stoppingToken), CompareAsync(stoppingToken), BeatAsync(stoppingToken));

    private async Task ListenAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await foreach (var _ in changes.FollowAsync(stop)) Tell(Interlocked.Increment(ref _number));
            }
            catch (Exception error) when (!stop.IsCancellationRequested)
            {
                LogListeningBroke(error, error.Message);
            }

            await Task.Delay(Retry, time, stop);
        }
    }

    private async Task CompareAsync(CancellationToken stop)
    {
        var version = "";
        using var timer = new PeriodicTimer(Check, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            if (_pages.IsEmpty) continue;
            try
            {
                var now = $"{await store.VersionAsync(stop)} {await alarms.VersionAsync(stop)}"; // the alarms too: every page says that one is open
                if (now != version) Tell(Interlocked.Increment(ref _number));
                version = now;
            }
            catch (Exception error) when (!stop.IsCancellationRequested)
            {
                LogReadingBroke(error, error.Message);
            }
        }
    }

    private async Task BeatAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Heartbeat, time);
        while (await timer.WaitForNextTickAsync(stop)) Tell(Interlocked.Read(ref _number));
    }

    private void Tell(long number)
    {
        foreach (var page in _pages.Keys) page.Writer.TryWrite(number);
    }

    [LoggerMessage(7001, LogLevel.Warning, "Open pages are not told of decisions at once: listening to the database broke ({Reason}). It is tried again.")]
    private partial void LogListeningBroke(Exception error, string reason);

    [LoggerMessage(7002, LogLevel.Warning, "Open pages are not brought up to date: the worklist cannot be read ({Reason}).")]
    private partial void LogReadingBroke(Exception error, string reason);
}
