using System.Globalization;

namespace TriageWorker.Triage;

/// <summary>The slices of a series by where they lie, as far as that can say whether some are still to come. Whether a model may read them, selection says.</summary>
/// <param name="SpacingMm">The usual distance between two slices; 0 when there is none.</param>
/// <param name="IsClosed">Two slices at least, at even distances: no gap, and none twice at one place.</param>
public sealed record SliceStack(int Slices, double SpacingMm, bool IsClosed)
{
    private const double SamePlaceMm = 0.01, Share = 0.05, RoundingMm = 0.02;

    /// <summary>From the lower face of the first to the upper face of the last slice.</summary>
    public double CoverageMm => Slices * SpacingMm;

    /// <param name="places">Millimetres along the slices' normal, in any order.</param>
    public static SliceStack Of(IReadOnlyCollection<double> places)
    {
        double[] ordered = [.. places.Order()];
        double[] distances = [.. ordered.Zip(ordered.Skip(1), (below, above) => above - below)];
        if (distances.Length == 0) return new(ordered.Length, 0, false);
        var usual = distances.Order().ElementAt(distances.Length / 2);
        var tolerance = Math.Max(usual * Share, RoundingMm);
        return new(ordered.Length, usual, usual > SamePlaceMm && distances.All(distance => distance > SamePlaceMm && Math.Abs(distance - usual) <= tolerance));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Slices} slices without a gap cover {CoverageMm:0} mm");
}

/// <summary>What a model in use needs of a series before it can be the one that is read.</summary>
public sealed record StackNeed(string Modality, double MinCoverageMm, double MaxSpacingMm)
{
    public bool IsMetBy(string? modality, SliceStack stack) =>
        Modality.Equals(modality, StringComparison.OrdinalIgnoreCase) && stack.IsClosed && stack.SpacingMm <= MaxSpacingMm && stack.CoverageMm >= MinCoverageMm;
}
