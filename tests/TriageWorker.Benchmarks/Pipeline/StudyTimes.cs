using TriageWorker.Store;

namespace TriageWorker.Benchmarks.Pipeline;

/// <summary>When a study's last image was stored by the product's own record, and when open pages were told of its outcome.</summary>
public sealed record StudyTimes(DateTimeOffset LastImageAt, DateTimeOffset ListedAt, TimeSpan Tensor, TimeSpan Model)
{
    /// <exception cref="InvalidOperationException">It ended without a score, so there is nothing to measure.</exception>
    public static StudyTimes Of(StudyPage page, DateTimeOffset listedAt)
    {
        var timings = page.Results.Count > 0 ? page.Results[^1].Timings : throw new InvalidOperationException($"A study was not scored: {page.Decisions[^1].Because}");
        return new StudyTimes(page.Study.LastReceivedAt, listedAt,
            TimeSpan.FromMilliseconds(timings["tensor"]), TimeSpan.FromMilliseconds(timings["model"]));
    }

    /// <summary>What is left of the time from last image to list.</summary>
    public TimeSpan Overhead(TimeSpan idle) => ListedAt - LastImageAt - idle - Tensor - Model;
}
