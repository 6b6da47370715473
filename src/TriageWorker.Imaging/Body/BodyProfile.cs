using System.Globalization;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Body;

/// <summary>Which parts of a person a series shows, told from its pixels slice by slice along the stack. BodyPartExamined is never asked: it lies.</summary>
/// <param name="SliceMm">Millimetres for which each of <paramref name="Sections"/> stands.</param>
public sealed record BodyProfile(IReadOnlyList<BodySection> Sections, double SliceMm)
{
    private const double LookEveryMm = 3;
    private const int Around = 2;

    /// <summary>Of each section, after those that differ from most around them were taken for what is around them.</summary>
    public IReadOnlyList<BodyRegion> Regions { get; } = Smoothed([.. Sections.Select(section => section.Region)]);

    public double AbdomenMm => MmOf(BodyRegion.Abdomen);

    /// <summary>Where in the series the body lies.</summary>
    public required BodyOutline Outline { get; init; }

    /// <summary>Reads one slice for each 3 mm of the stack.</summary>
    /// <param name="slices">An axial series.</param>
    /// <param name="spacingMm">Millimetres from slice to slice along their normal.</param>
    /// <exception cref="IOException">A file went away, or there is no decoder now.</exception>
    /// <exception cref="Decoding.DecodingException">A compressed slice is damaged.</exception>
    public static BodyProfile Of(ISliceSource slices, double spacingMm, int threads = 0, CancellationToken stop = default)
    {
        var step = Math.Max(1, (int)Math.Floor(LookEveryMm / spacingMm));
        var size = slices.Grid.Size;
        var plane = new GridPlane(size.Y, size.X, slices.Grid.ToRas.Y.Length, slices.Grid.ToRas.X.Length);
        var sections = new MeasuredSection[(size.Z + step - 1) / step];
        new Cores(threads, stop).ForEach(sections.Length, () => new short[size.X * size.Y],
            (n, buffer) => sections[n] = SectionMeasure.Of(SectionGrid.Of(slices.Read(n * step, buffer), plane)));
        return new BodyProfile([.. sections.Select(section => section.Section)], (double)size.Z / sections.Length * spacingMm)
        {
            Outline = new BodyOutline(slices.Grid, step, [.. sections.Select(section => section.Cells)]),
        };
    }

    /// <summary>Why there is too little abdomen for a model, or null.</summary>
    public string? Refuse(double minAbdomenMm)
    {
        // A tenth of a section more or less is nothing that the pixels tell.
        if (AbdomenMm + (SliceMm / 10) >= minAbdomenMm) return null;
        var seen = Regions.Distinct().Where(region => region is not (BodyRegion.Abdomen or BodyRegion.None)).Select(region => (Region: region, Mm: MmOf(region))).OrderByDescending(part => part.Mm).ToArray();
        var shown = seen.Length == 0 ? "nobody is to be seen in the images" : $"the images show {string.Join(", ", seen.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Mm:0} mm of {Name(part.Region)}")))}";
        return AbdomenMm == 0
            ? $"no abdomen is in view: {shown}"
            : string.Create(CultureInfo.InvariantCulture, $"too little abdomen is in view: {AbdomenMm:0} mm of {minAbdomenMm:0} mm needed{(seen.Length == 0 ? "" : $"; otherwise {shown}")}");
    }

    private double MmOf(BodyRegion region) => Regions.Count(one => one == region) * SliceMm;

    private static BodyRegion[] Smoothed(BodyRegion[] regions) =>
        [.. regions.Select((own, n) => Window(regions, n).GroupBy(region => region).OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key == own).First().Key)];

    private static BodyRegion[] Window(BodyRegion[] regions, int middle) =>
        regions[Math.Max(0, middle - Around)..Math.Min(regions.Length, middle + Around + 1)];

    private static string Name(BodyRegion region) => region switch
    {
        BodyRegion.Head => "a head",
        BodyRegion.NeckOrLimb => "a neck, a limb or a part of a trunk too small to tell",
        BodyRegion.Thorax => "a thorax",
        BodyRegion.Pelvis => "a pelvis or hips",
        _ => "nobody",
    };
}
