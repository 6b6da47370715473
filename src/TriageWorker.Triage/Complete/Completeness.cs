using System.Globalization;

namespace TriageWorker.Triage;

/// <summary>A series that has no more to come, as far as can be known.</summary>
/// <param name="Because">A sentence.</param>
public sealed record SeriesClosing(SeriesUid Uid, ClosedBy By, string Because, bool Qualifies);

/// <summary>
/// When a series and its study count as complete. While one of its callers has an association open on any node, nothing does. A series
/// closes by its list, by slices without a gap and a short silence, or by a long one; a study over its series, by their lists or a long silence.
/// </summary>
public abstract record Completeness
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(250);

    private Completeness()
    {
    }

    /// <summary>Those that close now.</summary>
    public IReadOnlyList<SeriesClosing> Series { get; init; } = [];

    /// <summary>Complete, and why.</summary>
    public sealed record Closed(string Because) : Completeness;

    /// <summary>Not yet; look again at <paramref name="Until"/>.</summary>
    public sealed record Waiting(DateTimeOffset Until, string Because) : Completeness;

    public static Completeness Of(StudyEvidence evidence)
    {
        var judged = evidence.OpenAssociations > 0 ? Open(evidence) : Quiet(evidence);
        if (judged is not Waiting waiting || evidence.OpenSince is not { } since) return judged;
        var ceiling = since + evidence.Ceiling;
        if (evidence.Now < ceiling) return waiting with { Until = waiting.Until < ceiling ? waiting.Until : ceiling };
        var because = $"After {Sentences.Span(evidence.Ceiling)} images still come: {Images(evidence.Images)} so far, and later ones are scored later.";
        return new Closed(because) { Series = [.. Unclosed(evidence).Select(series => new SeriesClosing(series.Uid, ClosedBy.Ceiling, because, series.Qualifies))] };
    }

    private static Waiting Open(StudyEvidence evidence)
    {
        var plural = evidence.OpenAssociations == 1 ? "association is" : "associations are";
        // A sender that waits for our answer to its request ends soon after it; others may take their time.
        var isListed = evidence.Series.Count > 0 && Unclosed(evidence).All(series => series.IsListed);
        var wait = isListed ? TimeSpan.FromTicks(Math.Clamp(evidence.Quiet.Ticks / 4, s_soon.Ticks, Math.Max(s_soon.Ticks, evidence.IdleTime.Ticks))) : evidence.IdleTime;
        return new Waiting(evidence.Now + wait, $"{evidence.OpenAssociations} {plural} still open.");
    }

    private static Completeness Quiet(StudyEvidence evidence)
    {
        var closings = Unclosed(evidence).Select(series => Closing(evidence, series)).OfType<SeriesClosing>().ToArray();
        var by = evidence.Series.Select(series => series.ClosedBy).Concat(closings.Select(closing => (ClosedBy?)closing.By));
        // Lists say what there is of a study, geometry only of a series. And without anything to read yet, a reading series may have a list of its own.
        var isListed = evidence.Series.Count > 0 && by.Where(how => how is not null).All(how => how == ClosedBy.Manifest) && evidence.Series.Any(series => series.Qualifies)
            && closings.Length == Unclosed(evidence).Count();
        if (isListed) return new Closed(Listed(evidence)) { Series = closings };
        if (evidence.Quiet >= evidence.IdleTime) return new Closed(Silence(evidence, Images(evidence.Images))) { Series = closings };
        var next = evidence.Quiet < evidence.Pause && evidence.Pause < evidence.IdleTime ? evidence.Pause : evidence.IdleTime;
        return new Waiting(evidence.LastImageAt + next, $"the last image came {Seconds(evidence.Quiet)} s ago.") { Series = closings };
    }

    private static SeriesClosing? Closing(StudyEvidence evidence, SeriesEvidence series)
    {
        if (series.IsListed) return new(series.Uid, ClosedBy.Manifest, Listed(evidence), series.Qualifies);
        if (evidence.Quiet >= evidence.IdleTime) return new(series.Uid, ClosedBy.Idle, Silence(evidence, Images(series.Images)), series.Qualifies);
        return series is { Qualifies: true, IsAwaited: false, Stack: { } stack } && evidence.Quiet >= evidence.Pause
            ? new(series.Uid, ClosedBy.Geometry, Silence(evidence with { Learned = null }, $"{stack}"), series.Qualifies)
            : null;
    }

    private static IEnumerable<SeriesEvidence> Unclosed(StudyEvidence evidence) => evidence.Series.Where(series => series.ClosedBy is null);

    private static string Listed(StudyEvidence evidence) => $"Complete: {evidence.Manifest}, {Seconds(evidence.Quiet)} s after the last image.";

    private static string Silence(StudyEvidence evidence, string what)
    {
        IEnumerable<string> lists = evidence.Manifest is { } manifest ? [$"{manifest}"] : [];
        var learned = evidence.Learned is { } words ? $"; {words}" : "";
        return $"{string.Join(", ", [what, .. lists, .. Said(evidence.Endings), $"nothing for {Seconds(evidence.Quiet)} s"])}{learned}.";
    }

    // Only a release says that the caller had sent all; so every other ending is named, and counted where there were several.
    private static IEnumerable<string> Said(AssociationEndings endings)
    {
        (int Count, string Ending)[] all = [(endings.Released, "released"), (endings.Aborted, "aborted"), (endings.Lost, "lost")];
        var seen = all.Where(ending => ending.Count > 0).ToArray();
        return seen is [(1, var only)]
            ? [$"association {only}"]
            : seen.Select((ending, i) => i > 0 ? $"{ending.Count} {ending.Ending}" : $"{ending.Count} association{(ending.Count == 1 ? "" : "s")} {ending.Ending}");
    }

    private static string Images(int count) => count == 1 ? "1 image" : $"{count} images";

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
