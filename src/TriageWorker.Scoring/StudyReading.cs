using TriageWorker.Imaging.Body;
using TriageWorker.Imaging.Series;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

/// <summary>What was found among a study's images.</summary>
public abstract record StudyReading
{
    private StudyReading()
    {
    }

    /// <param name="Body">What its pixels show of the patient, as far as that was looked at.</param>
    /// <param name="Inputs">The images in slice order, each with the digest of its content.</param>
    public sealed record Readable(SeriesUid Series, SeriesGeometry Geometry, BodyProfile? Body, IReadOnlyList<GenerationInput> Inputs) : StudyReading;

    /// <param name="Because">A clause with a full stop that follows "not analysed because".</param>
    /// <param name="IsFinal">The study was complete; else another series may come that can be read.</param>
    public sealed record Unsuitable(string Because, bool IsFinal) : StudyReading;

    /// <summary>A node that holds images of it cannot be read from now, and may be later.</summary>
    /// <param name="Images">That it holds and that are missing.</param>
    public sealed record Away(SpoolNode Node, int Images, string Because) : StudyReading;
}
