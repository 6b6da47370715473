using System.Globalization;

namespace TriageWorker.Imaging.Series;

/// <summary>Lets a series pass if a model may read it, or says why not.</summary>
internal static class SeriesGate
{
    public static Reading<SeriesCandidate> Pass(string seriesUid, IReadOnlyList<SliceHeader> images, SeriesNeeds needs)
    {
        // A file that came twice under one UID is one image; which of two different ones is true is not decided here.
        SliceHeader[] distinct = [.. images.Where(i => i.SopUid is null), .. images.Where(i => i.SopUid is not null).DistinctBy(i => i.SopUid, StringComparer.Ordinal)];
        SliceHeader[] localizers = [.. distinct.Where(ImageKinds.IsLocalizer)];
        SliceHeader[] slices = localizers.Length < distinct.Length ? [.. distinct.Except(localizers)] : distinct;
        if (RefuseImages(slices, needs) is { } image) return Not(image);
        return SeriesGeometry.Of(slices) switch
        {
            Reading<SeriesGeometry>.Not(var because) => Not(because),
            Reading<SeriesGeometry>.Of(var geometry) when RefuseStack(geometry, needs) is { } stack => Not(stack),
            Reading<SeriesGeometry>.Of(var geometry) => new Reading<SeriesCandidate>.Of(new SeriesCandidate(seriesUid, geometry, distinct.Length - slices.Length)),
            var other => throw new System.Diagnostics.UnreachableException($"{other}"),
        };
    }

    private static string? RefuseImages(SliceHeader[] slices, SeriesNeeds needs)
    {
        var refused = slices
            .Select(s => ImageKinds.Refuse(s, needs.Modality) ?? PixelRules.Refuse(s.Pixels, needs.AllowLossy))
            .OfType<string>()
            .ToArray();
        if (refused.Length > 0)
        {
            var usual = refused.GroupBy(r => r, StringComparer.Ordinal).MaxBy(g => g.Count())!.Key;
            return refused.Length == slices.Length ? usual : $"in {refused.Length} of {slices.Length} slices {usual}";
        }

        var age = slices.Min(s => s.AgeYears);
        return age < needs.MinAgeYears
            ? string.Create(CultureInfo.InvariantCulture, $"the patient is {Math.Floor(age.Value):0} years old and the model reads no one under {needs.MinAgeYears:0}")
            : null;
    }

    private static string? RefuseStack(SeriesGeometry geometry, SeriesNeeds needs)
    {
        if (!geometry.IsAxial) return "the slices are not axial";
        if (geometry.SpacingMm > needs.MaxSpacingMm) return string.Create(CultureInfo.InvariantCulture, $"slices stand {geometry.SpacingMm:0.##} mm apart, {needs.MaxSpacingMm:0.##} mm at most are allowed");
        return geometry.CoverageMm < needs.MinCoverageMm
            ? string.Create(CultureInfo.InvariantCulture, $"too little coverage: {geometry.CoverageMm:0.#} mm of {needs.MinCoverageMm:0.#} mm needed")
            : null;
    }

    private static Reading<SeriesCandidate> Not(string because) => new Reading<SeriesCandidate>.Not(because);
}
