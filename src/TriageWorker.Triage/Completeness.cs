using System.Globalization;

namespace TriageWorker.Triage;

/// <summary>What is known of a study that may be complete.</summary>
/// <param name="OpenAssociations">Associations of the study's caller that are open on any node.</param>
/// <param name="IdleTime">How long this caller must be quiet.</param>
public sealed record StudyEvidence(int Images, DateTimeOffset LastImageAt, int OpenAssociations, TimeSpan IdleTime, DateTimeOffset Now);

/// <summary>When a study counts as complete: its caller has released every association, and nothing came for the idle time.</summary>
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
        return new Closed($"{evidence.Images} images, association released, nothing for {Seconds(quietSince)} s.");
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
