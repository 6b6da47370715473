using System.Globalization;

namespace TriageWorker.Imaging.Series;

/// <summary>
/// Which of several series that a model may read it reads. One criterion after the other: how much it covers (what is within 50 mm of the most
/// counts as much), lossless, original, soft kernel, fine enough slices, most slices; then the UID, so that the choice is the same each time.
/// </summary>
internal sealed class SeriesRanking
{
    private const double CoverageStepMm = 50;

    private readonly Func<SeriesCandidate, Cover> _cover;
    private readonly double _most;

    /// <param name="candidates">All that are compared.</param>
    /// <param name="cover">How much each covers; without it by its geometry.</param>
    public SeriesRanking(IReadOnlyCollection<SeriesCandidate> candidates, Func<SeriesCandidate, Cover>? cover = null)
    {
        _cover = cover ?? (candidate => new Cover(candidate.Geometry.CoverageMm));
        _most = candidates.Select(candidate => _cover(candidate).Mm).DefaultIfEmpty().Max();
        BestFirst =
        [
            .. candidates
                .OrderBy(StepsShort)
                .ThenByDescending(c => c.IsLossless)
                .ThenByDescending(c => c.IsOriginal)
                .ThenByDescending(c => c.IsSoft)
                .ThenByDescending(c => c.IsFine)
                .ThenByDescending(c => c.Slices)
                .ThenBy(c => c.SeriesUid, StringComparer.Ordinal),
        ];
    }

    public IReadOnlyList<SeriesCandidate> BestFirst { get; }

    /// <summary>The first thing in which one stands behind the better, as a clause.</summary>
    public string WhyAfter(SeriesCandidate candidate, SeriesCandidate better)
    {
        if (StepsShort(candidate) > StepsShort(better)) return $"it covers {_cover(candidate)}, the chosen one {_cover(better)}";
        if (!candidate.IsLossless && better.IsLossless) return "it has been through lossy compression, the chosen one has not";
        if (!candidate.IsOriginal && better.IsOriginal) return $"{(candidate.Origin.Length > 0 ? $"it is {candidate.Origin}" : "it does not say where it comes from")}, the chosen one original";
        if (!candidate.IsSoft && better.IsSoft) return "its kernel is sharp, the chosen one's soft";
        if (!candidate.IsFine && better.IsFine) return Coarser(candidate, better);
        return candidate.Slices < better.Slices
            ? Say($"it has {candidate.Slices} slices, the chosen one {better.Slices}")
            : "it is as good as the chosen one, which comes first by its UID";
    }

    private static string Coarser(SeriesCandidate candidate, SeriesCandidate better) =>
        candidate.ThicknessMm > candidate.Geometry.SpacingMm
            ? Say($"its slices are {candidate.ThicknessMm:0.##} mm thick, the chosen one's {better.ThicknessMm ?? better.Geometry.SpacingMm:0.##} mm")
            : Say($"its slices stand {candidate.Geometry.SpacingMm:0.##} mm apart, the chosen one's {better.Geometry.SpacingMm:0.##} mm");

    private double StepsShort(SeriesCandidate candidate) => Math.Floor((_most - _cover(candidate).Mm) / CoverageStepMm);

    private static string Say(FormattableString clause) => clause.ToString(CultureInfo.InvariantCulture);
}

/// <summary>How much a series covers along the body.</summary>
/// <param name="Part">What of the body is meant; null for all of it.</param>
/// <param name="IsBound">Nobody looked: it cannot be more than this.</param>
internal readonly record struct Cover(double Mm, string? Part = null, bool IsBound = false)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsBound && Part is not null ? "at most " : "")}{Mm:0} mm{(Part is null ? "" : $" of the {Part}")}");
}
