using TriageWorker.Phantoms.Anatomy;
using TriageWorker.Phantoms.Drawing;
using TriageWorker.Phantoms.Findings;

namespace TriageWorker.Phantoms;

/// <summary>Draws synthetic CT of people who never lived.</summary>
public static class Phantom
{
    /// <summary>Draws the body of <paramref name="spec"/>, whatever its kind: other kinds are other pictures of the same volume.</summary>
    /// <param name="spec">What to draw.</param>
    /// <param name="threads">Slices drawn at once; −1 uses all processors. The voxels do not depend on it.</param>
    /// <param name="cancellation">Stops between slices.</param>
    /// <exception cref="ArgumentException">The spec asks for a grid that cannot be drawn.</exception>
    public static PhantomStudy Draw(PhantomSpec spec, int threads = -1, CancellationToken cancellation = default)
    {
        spec.Check();
        var findings = DrawnFindings.For(spec);
        var lattice = new Lattice(Dice.For(spec.Seed, "lattice"));
        var plan = new BodyPlan(spec.Seed) { Rim = findings.Rim, SpleenMl = findings.SpleenMl };
        var body = new Body(plan, p => findings.Pools(p, lattice));
        var geometry = Place(spec, plan);
        var frame = Frame(geometry, plan);
        var surface = frame.CentreY + new TorsoSlice(plan, 60).Outline.Back + 1.5f;
        var scanner = new Scanner(spec.Seed, new Densities(plan, lattice));
        var size = geometry.Columns * geometry.Rows;
        var hounsfield = new short[size * geometry.Slices];
        var regions = spec.WithRegions ? new PhantomRegion[hounsfield.Length] : null;
        var counts = new long[Enum.GetValues<Tissue>().Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.For(0, geometry.Slices, options, () => new Worker(frame, size, counts.Length), (slice, _, worker) =>
        {
            worker.Canvas.Z = (float)(geometry.OriginZ + slice * geometry.SliceSpacing);
            body.Paint(worker.Canvas);
            foreach (var tissue in worker.Canvas.Tissues) worker.Counts[(int)tissue]++;
            if (regions is not null) Regions.Copy(worker.Canvas.Tissues, regions.AsSpan(slice * size, size));
            Table.Paint(worker.Canvas, surface);
            scanner.Scan(worker.Canvas, slice, worker.Scratch, hounsfield.AsSpan(slice * size, size));
            return worker;
        }, worker =>
        {
            for (var i = 0; i < counts.Length; i++) Interlocked.Add(ref counts[i], worker.Counts[i]);
        });
        var attributes = Truth(body, geometry, counts);
        return new PhantomStudy(spec, geometry, hounsfield, attributes, new PhantomPatient(plan.Female, plan.Age, plan.ContrastPhase)) { Regions = regions };
    }

    private static PhantomGeometry Place(PhantomSpec spec, BodyPlan plan)
    {
        var dice = Dice.For(spec.Seed, "field of view");
        var field = Math.Clamp(plan.Width + dice.Uniform(35, 75), 350, 492);
        // Rounded as DICOM will say it, so that file and memory agree.
        var pixel = Math.Round(spec.PixelSpacing ?? field / spec.Matrix, 5);
        var spacing = Math.Round(spec.EffectiveSliceSpacing, 5);
        var first = -(spec.Matrix - 1) / 2.0 * pixel;
        var top = Math.Round(plan.Top + dice.Uniform(-8, 6), 1);
        return new PhantomGeometry(spec.Matrix, spec.Matrix, spec.Slices, pixel, spacing, first, first, top - (spec.Slices - 1) * spacing);
    }

    private static PixelFrame Frame(PhantomGeometry geometry, BodyPlan plan)
    {
        var outline = new TorsoSlice(plan, 60).Outline;
        return new PixelFrame(
            geometry.Columns, geometry.Rows, (float)geometry.OriginX, (float)geometry.OriginY, (float)geometry.PixelSpacing,
            plan.OffX, plan.OffY - (outline.Back - outline.Front) / 2, plan.Turn);
    }

    private static PhantomAttributes Truth(Body body, PhantomGeometry geometry, long[] counts)
    {
        var plan = body.Plan;
        double bottom = geometry.OriginZ, top = bottom + geometry.SliceSpacing * (geometry.Slices - 1);
        var calcium = body.Plaques.Where(plaque => plaque.Centre.Z >= bottom && plaque.Centre.Z <= top).Sum(plaque => (double)plaque.Volume);
        var voxel = geometry.PixelSpacing * geometry.PixelSpacing * geometry.SliceSpacing / 1000;
        double Ml(Tissue tissue) => counts[(int)tissue] * voxel;
        return new PhantomAttributes(
            plan.LiverHu, calcium, plan.VertebralHu, plan.Width,
            Ml(Tissue.Spleen), Ml(Tissue.Ascites), Ml(Tissue.Effusion), Ml(Tissue.FreeAir));
    }

    private sealed record Worker(PixelFrame Frame, int Size, int Tissues)
    {
        public SliceCanvas Canvas { get; } = new(Frame);
        public float[] Scratch { get; } = new float[Size];
        public long[] Counts { get; } = new long[Tissues];
    }
}
