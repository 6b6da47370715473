using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Imaging.Volumes;
using TriageWorker.Models.Maps;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;
using TriageWorker.Models.Tests.Packages;
using TriageWorker.Phantoms;

namespace TriageWorker.Models.Tests.Maps;

/// <summary>Whether the shipped package attends to what was drawn; its model card repeats the figures that this prints.</summary>
public sealed class PhantomAttentionTests
{
    private const int Phantoms = 50;

    /// <summary>The edge of one of Merlin's cells.</summary>
    private const double CellMm = 48;

    /// <summary>Of all drawn findings; and of each by itself, where the network's own attention is the limit (splenomegaly: beside the spleen, in the flank).</summary>
    private const double LeastOfAll = 0.9, LeastOfOne = 0.8;

    private static readonly (string Key, PhantomFindings Finding, PhantomRegion Region)[] s_findings =
    [
        ("FREE_AIR", PhantomFindings.FreeAir, PhantomRegion.FreeAir),
        ("ASCITES", PhantomFindings.Ascites, PhantomRegion.Ascites),
        ("PLEURAL_EFF", PhantomFindings.PleuralEffusion, PhantomRegion.PleuralEffusion),
        ("SPLENOMEGALY", PhantomFindings.Splenomegaly, PhantomRegion.Spleen),
    ];

    [Fact]
    public void Attention_to_a_drawn_finding_lies_inside_of_it_or_within_a_cell_of_it()
    {
        using var model = ScoringModel.Open(ModelPackage.Load(PackageCopy.Shipped), new ScoringOptions { Threads = 1 }, NullLogger<ScoringModel>.Instance);
        var away = s_findings.ToDictionary(each => each.Key, _ => new List<(double Mm, bool InSlice)>());
        var spent = TimeSpan.Zero;
        for (var n = 0; n < Phantoms; n++)
        {
            var spec = PhantomSpec.Random(7_000_000 + n) with { Matrix = 256, Slices = 80, WithRegions = true };
            spec = spec with { Findings = spec.Findings | s_findings[n % 2].Finding | s_findings[(n % 2) + 2].Finding };
            var study = Phantom.Draw(spec, cancellation: TestContext.Current.CancellationToken);
            var geometry = StackOf(study.Geometry).Geometry;
            var tensor = TensorBuilder.Build(new Volume(geometry.Grid, study.Hounsfield), model.Package.Input, 1, TestContext.Current.CancellationToken);
            var output = model.Score(tensor, TestContext.Current.CancellationToken);
            var start = Stopwatch.GetTimestamp();
            var attention = model.Heads!.Findings(output).Select(map => Attention.Of(map, tensor, geometry)!).ToDictionary(each => each.Label.Key);
            spent += Stopwatch.GetElapsedTime(start);
            foreach (var (key, _, region) in s_findings.Where(each => spec.Findings.HasFlag(each.Finding))) away[key].Add(Distance(study, region, attention[key]));
        }

        foreach (var (key, distances) in away)
            Print($"{key}: {Near(distances)} of {distances.Count} within {CellMm} mm of what was drawn, {distances.Count(each => each.Mm <= 10)} within 10 mm, the farthest at {distances.Max(each => each.Mm):0} mm; {distances.Count(each => each.InSlice)} of the named slices show it");
        Print($"all maps of a study and their places: {spent.TotalMilliseconds / Phantoms:0.0} ms");

        away.Values.Sum(Near).ShouldBeGreaterThanOrEqualTo((int)Math.Ceiling(LeastOfAll * away.Values.Sum(distances => distances.Count)));
        foreach (var (key, distances) in away) Near(distances).ShouldBeGreaterThanOrEqualTo((int)Math.Ceiling(LeastOfOne * distances.Count), key);

        static int Near(List<(double Mm, bool InSlice)> distances) => distances.Count(each => each.Mm <= CellMm);
        static void Print(FormattableString line) => TestContext.Current.TestOutputHelper!.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }

    private static SliceStack StackOf(PhantomGeometry g) =>
        new(g.Columns, g.Rows, g.Slices, new(g.OriginX, g.OriginY, g.OriginZ)) { PixelMm = g.PixelSpacing, Way = k => new(0, 0, k * g.SliceSpacing) };

    /// <summary>From the place to the nearest voxel of the region, and whether the named slice has any of it.</summary>
    private static (double Mm, bool InSlice) Distance(PhantomStudy study, PhantomRegion region, Attention attention)
    {
        var (g, nearest, isInSlice) = (study.Geometry, double.PositiveInfinity, false);
        for (var i = 0; i < study.Regions!.Length; i++)
        {
            if (study.Regions[i] != region) continue;
            var (column, row, slice) = (i % g.Columns, i / g.Columns % g.Rows, i / (g.Columns * g.Rows));
            var voxel = new Vector3d(g.OriginX + (column * g.PixelSpacing), g.OriginY + (row * g.PixelSpacing), g.OriginZ + (slice * g.SliceSpacing));
            nearest = Math.Min(nearest, (voxel - attention.Place).Length);
            isInSlice |= slice == attention.Slice - 1;
        }

        return (nearest, isInSlice);
    }
}
