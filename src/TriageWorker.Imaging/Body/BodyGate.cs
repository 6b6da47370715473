using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Series;

namespace TriageWorker.Imaging.Body;

/// <summary>Looks at the pixels of series before a model may read one: a head, a limb, a thorax or hips alone are no abdomen. What it saw it keeps.</summary>
/// <param name="needs">The part of the body that the model is for, and how much of it.</param>
/// <param name="decoder">For compressed series.</param>
public sealed class BodyGate(SeriesNeeds needs, FrameDecoder? decoder, int threads, CancellationToken stop)
{
    /// <summary>What manifests call the part of the body that is looked for here; for other parts nothing is refused yet.</summary>
    public const string Abdomen = "abdomen";

    private readonly Dictionary<SeriesCandidate, BodyProfile> _seen = [];

    /// <exception cref="IOException">A file went away, or there is no decoder now.</exception>
    public PixelLook Look(SeriesCandidate candidate)
    {
        try
        {
            var profile = BodyProfile.Of(new DicomSlices(candidate.Geometry, decoder, stop), candidate.Geometry.SpacingMm, threads, stop);
            _seen[candidate] = profile;
            return needs.BodyPart == Abdomen ? new(profile.AbdomenMm, profile.Refuse(needs.MinCoverageMm)) : new(null, null);
        }
        catch (DecodingException damaged)
        {
            return new(null, damaged.Message);
        }
    }

    /// <summary>What a series showed that was looked at.</summary>
    public BodyProfile? ProfileOf(SeriesCandidate candidate) => _seen.GetValueOrDefault(candidate);
}
