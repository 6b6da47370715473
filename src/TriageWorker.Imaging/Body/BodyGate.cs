using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Series;

namespace TriageWorker.Imaging.Body;

/// <summary>Looks at the pixels of a series before a model may read it: a head, a limb, a thorax or hips alone are no abdomen.</summary>
/// <param name="minAbdomenMm">How much of it a model needs along the body.</param>
/// <param name="decoder">For compressed series.</param>
public sealed class BodyGate(double minAbdomenMm, FrameDecoder? decoder, int threads, CancellationToken stop)
{
    /// <summary>What manifests call the part of the body that is looked for here; for others there is no gate yet.</summary>
    public const string Abdomen = "abdomen";

    /// <returns>Why the series is not for the model, as a clause; null when it is.</returns>
    /// <exception cref="IOException">A file went away, or there is no decoder now.</exception>
    public string? Refuse(SeriesCandidate candidate)
    {
        try
        {
            return BodyProfile.Of(new DicomSlices(candidate.Geometry, decoder, stop), candidate.Geometry.SpacingMm, threads, stop).Refuse(minAbdomenMm);
        }
        catch (DecodingException damaged)
        {
            return damaged.Message;
        }
    }
}
