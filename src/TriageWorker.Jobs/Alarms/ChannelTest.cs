using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using TriageWorker.Store;

namespace TriageWorker.Jobs;

/// <summary>Sends one test notice through every channel of the settings, from this machine and at once, without the database.</summary>
public sealed class ChannelTest : IDisposable
{
    private readonly NoticeChannels _channels;
    private readonly AlarmOptions _options;
    private readonly SiteOptions _site;
    private readonly TimeProvider _clock;

    public ChannelTest(IConfiguration settings, TimeProvider clock)
    {
        _options = settings.GetSection(AlarmOptions.Section).Get<AlarmOptions>() ?? new();
        _site = settings.GetSection(SiteOptions.Section).Get<SiteOptions>() ?? new();
        _clock = clock;
        _channels = new NoticeChannels(Options.Create(_options), new SiteTimes(Options.Create(_site)), clock);
    }

    /// <summary>What each channel answered, in the order of the settings.</summary>
    public async IAsyncEnumerable<ChannelAnswer> RunAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        foreach (var channel in _channels.All)
        {
            var now = _clock.GetUtcNow();
            using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
            late.CancelAfter(_options.AnswerWithin);
            var answer = await channel.SendAsync(AlarmMessage.Test(now, _site.Name, _options.Link).Write(), now, late.Token);
            stop.ThrowIfCancellationRequested();
            yield return new ChannelAnswer(channel.Terms.Name, answer is NoticeAnswer.Taken, answer.Words);
        }
    }

    public void Dispose() => _channels.Dispose();
}

/// <param name="Taken">The receiver has the test.</param>
public sealed record ChannelAnswer(string Channel, bool Taken, string Words);
