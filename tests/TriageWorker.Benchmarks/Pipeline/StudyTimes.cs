using TriageWorker.Store;

namespace TriageWorker.Benchmarks.Pipeline;

/// <summary>When a study's last image was stored and when it was decided, both by the product's own record.</summary>
public sealed record StudyTimes(DateTimeOffset LastImageAt, DateTimeOffset DecidedAt, TimeSpan Tensor, TimeSpan Model)
{
    /// <exception cref="InvalidOperationException">It ended without a score, so there is nothing to measure.</exception>
    public static StudyTimes Of(StudyPage page)
    {
        var timings = page.Results.Count > 0 ? page.Results[^1].Timings : throw new InvalidOperationException($"A study was not scored: {page.Decisions[^1].Because}");
        return new StudyTimes(page.Study.LastReceivedAt, page.Decisions[^1].DecidedAt,
            TimeSpan.FromMilliseconds(timings["tensor"]), TimeSpan.FromMilliseconds(timings["model"]));
    }

    /// <summary>What is left of the time from last image to decision.</summary>
    public TimeSpan Overhead(TimeSpan idle) => DecidedAt - LastImageAt - idle - Tensor - Model;
}
