using System.Globalization;
using TriageWorker.Imaging.Decoding;

namespace TriageWorker.Imaging.Series;

/// <summary>Lets a series pass if a model may read it, or says why not.</summary>
internal static class SeriesGate
{
    public static Reading<SeriesCandidate> Pass(string seriesUid, IReadOnlyList<SliceHeader> images, SeriesNeeds needs, DecodableSyntaxes decodes)
    {
        // A file that came twice under one UID is one image; which of two different ones is true is not decided here.
        SliceHeader[] distinct = [.. images.Where(i => i.SopUid is null), .. images.Where(i => i.SopUid is not null).DistinctBy(i => (i.SopUid, i.Pixels.Frame))];
        SliceHeader[] localizers = [.. distinct.Where(ImageKinds.IsLocalizer)];
        SliceHeader[] slices = localizers.Length < distinct.Length ? [.. distinct.Except(localizers)] : distinct;
        if (RefuseImages(slices, needs, decodes) is { } image) return Not(image);
        var stacks = SeriesStacks.Of(slices);
        Reading<SeriesCandidate>[] judged = [.. stacks.Select(stack => PassStack(seriesUid, stack, needs, distinct.Length - slices.Length, stacks.Count))];
        return new SeriesRanking([.. judged.OfType<Reading<SeriesCandidate>.Of>().Select(passed => passed.Value)]).BestFirst is [var best, ..]
            ? new Reading<SeriesCandidate>.Of(best)
            : Not(WhyNone(stacks, [.. judged.OfType<Reading<SeriesCandidate>.Not>().Select(refused => refused.Because)]));
    }

    private static Reading<SeriesCandidate> PassStack(string seriesUid, SliceHeader[] slices, SeriesNeeds needs, int setAside, int stacks) =>
        SeriesGeometry.Of(slices) switch
        {
            Reading<SeriesGeometry>.Not(var because) => Not(because),
            Reading<SeriesGeometry>.Of(var geometry) when RefuseStack(geometry, needs) is { } stack => Not(stack),
            Reading<SeriesGeometry>.Of(var geometry) => new Reading<SeriesCandidate>.Of(new SeriesCandidate(seriesUid, geometry, setAside) { Stacks = stacks }),
            var other => throw new System.Diagnostics.UnreachableException($"{other}"),
        };

    // The largest stack speaks for the series.
    private static string WhyNone(IReadOnlyList<SliceHeader[]> stacks, string[] reasons) => stacks.Count == 1
        ? reasons[0]
        : string.Create(CultureInfo.InvariantCulture, $"it holds {stacks.Count} stacks, of which none can be read; in the largest, of {stacks[0].Length} slices, {reasons[0]}");

    private static string? RefuseImages(SliceHeader[] slices, SeriesNeeds needs, DecodableSyntaxes decodes)
    {
        var refused = slices
            .Select(s => ImageKinds.Refuse(s, needs.Modality) ?? PixelRules.Refuse(s.Pixels, needs.AllowLossy, decodes))
            .OfType<string>()
            .ToArray();
        if (refused.Length > 0)
        {
            var usual = refused.GroupBy(r => r, StringComparer.Ordinal).MaxBy(g => g.Count())!.Key;
            return refused.Length == slices.Length ? usual : $"in {refused.Length} of {slices.Length} slices {usual}";
        }

        var age = slices.Min(s => s.AgeYears);
        return age < needs.MinAgeYears
            ? string.Create(CultureInfo.InvariantCulture, $"the patient is {InWords(age.Value)} old and the model reads no one under {needs.MinAgeYears:0}")
            : null;
    }

    private static string? RefuseStack(SeriesGeometry geometry, SeriesNeeds needs)
    {
        if (!geometry.IsAxial) return $"the slices are {(Math.Abs(geometry.Normal.X) > Math.Abs(geometry.Normal.Y) ? "sagittal" : "coronal")}, not axial";
        if (SliceThickness.Refuse(geometry, needs.MaxSpacingMm) is { } thickness) return thickness;
        return geometry.CoverageMm < needs.MinCoverageMm
            ? string.Create(CultureInfo.InvariantCulture, $"too little coverage: {geometry.CoverageMm:0.#} mm of {needs.MinCoverageMm:0.#} mm needed")
            : null;
    }

    private static string InWords(double years) =>
        years < 1 ? "less than a year" : years < 2 ? "1 year" : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(years):0} years");

    private static Reading<SeriesCandidate> Not(string because) => new Reading<SeriesCandidate>.Not(because);
}
