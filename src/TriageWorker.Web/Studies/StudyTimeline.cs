using System.Globalization;
using TriageWorker.Store;

namespace TriageWorker.Web;

/// <summary>Each hop of a study with its time, gathered from the rows that the stages left.</summary>
internal static class StudyTimeline
{
    public static IReadOnlyList<Hop> Of(StudyPage page, int receivedSeries)
    {
        var study = page.Study;
        var hops = new List<Hop> { new(study.FirstReceivedAt, "First image", $"from {study.Caller}") };
        if (study.Images > 1) hops.Add(new(study.LastReceivedAt, "Last image", $"{study.Images} images in {receivedSeries} series"));
        hops.AddRange(page.Evidence.Select(line => new Hop(line.At, "Closed", line.Sentence)));
        hops.AddRange(page.Generations.Select(generation => new Hop(generation.CreatedAt, "Selected", $"for {generation.PackageId} {generation.PackageVersion}")));
        hops.AddRange(page.Results.Select(result => new Hop(result.CommittedAt, "Scored", Timings(result))));
        hops.AddRange(page.Decisions.Select(decision => new Hop(decision.DecidedAt, "Decided", decision.Because)));
        hops.AddRange(page.Deliveries.Where(delivery => delivery.DeliveredAt is not null).Select(delivery =>
            new Hop(delivery.DeliveredAt!.Value, "Delivered", $"{Kind(delivery.Document)} to {delivery.Destination}")));
        return [.. hops.OrderBy(hop => hop.At)];
    }

    public static string Kind(DocumentKind kind) => kind == DocumentKind.Sr ? "SR" : kind.ToString().ToLowerInvariant();

    private static string Timings(ResultRow result) => string.Create(CultureInfo.InvariantCulture,
        $"{string.Join(", ", result.Timings.Select(step => string.Create(CultureInfo.InvariantCulture, $"{step.Key} {step.Value:0} ms")))} on {result.Provider}");
}
