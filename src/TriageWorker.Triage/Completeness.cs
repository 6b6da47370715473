using System.Globalization;

namespace TriageWorker.Triage;

/// <summary>How the associations ended that brought a study's images.</summary>
/// <param name="Aborted">By either side: the caller may not have sent all it wanted to.</param>
/// <param name="Lost">The connection broke, the listener died, or the lease ran out.</param>
public sealed record AssociationEndings(int Released, int Aborted, int Lost);

/// <summary>What is known of a study that may be complete.</summary>
/// <param name="OpenAssociations">Associations of the study's caller that are open on any node.</param>
/// <param name="IdleTime">How long this caller must be quiet.</param>
public sealed record StudyEvidence(
    int Images, DateTimeOffset LastImageAt, int OpenAssociations, AssociationEndings Endings, TimeSpan IdleTime, DateTimeOffset Now);

/// <summary>When a study counts as complete: its caller has no association open, and nothing came for the idle time.</summary>
public abstract record Completeness
{
    private Completeness()
    {
    }

    /// <summary>Complete, and why.</summary>
    public sealed record Closed(string Because) : Completeness;

    /// <summary>Not yet; look again at <paramref name="Until"/>.</summary>
    public sealed record Waiting(DateTimeOffset Until, string Because) : Completeness;

    public static Completeness Of(StudyEvidence evidence)
    {
        if (evidence.OpenAssociations > 0)
        {
            var plural = evidence.OpenAssociations == 1 ? "association is" : "associations are";
            return new Waiting(evidence.Now + evidence.IdleTime, $"{evidence.OpenAssociations} {plural} still open.");
        }

        var quietSince = evidence.Now - evidence.LastImageAt;
        if (quietSince < evidence.IdleTime)
            return new Waiting(evidence.LastImageAt + evidence.IdleTime, $"the last image came {Seconds(quietSince)} s ago.");
        var images = evidence.Images == 1 ? "1 image" : $"{evidence.Images} images";
        return new Closed(string.Join(", ", [images, .. Said(evidence.Endings), $"nothing for {Seconds(quietSince)} s."]));
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

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
