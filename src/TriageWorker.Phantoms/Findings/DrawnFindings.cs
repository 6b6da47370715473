using TriageWorker.Phantoms.Anatomy;
using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Findings;

/// <summary>How much of each finding a spec asks for, drawn from its seed where the spec leaves it open.</summary>
internal sealed record DrawnFindings(float AscitesMl, float EffusionRightMl, float EffusionLeftMl, float FreeAirMl, float SpleenMl)
{
    public static DrawnFindings For(PhantomSpec spec)
    {
        var (right, left) = Effusion(spec);
        return new DrawnFindings(
            Amount(spec, PhantomFindings.Ascites, 150, 2500), right, left, Amount(spec, PhantomFindings.FreeAir, 15, 600), SpleenOf(spec));
    }

    /// <summary>Fluid pushes liver and spleen off the wall, mm.</summary>
    public float Rim => 2.5f + 9 * MathF.Sqrt(AscitesMl / 2500);

    public IEnumerable<Pool> Pools(BodyPlan plan, Lattice lattice)
    {
        var dice = Dice.For(plan.Seed, "airless lung");
        foreach (var (side, fluid) in ((float, float)[])[(-1, EffusionRightMl), (1, EffusionLeftMl)])
        {
            var airless = dice.Chance(0.45) ? dice.Uniform(2, 22) : 0;
            var above = dice.Uniform(1, 14);
            if (fluid > 0 || airless > 0) yield return new EffusionPool(plan, lattice, side, fluid, fluid > 0 ? above : airless);
        }

        if (AscitesMl > 0) yield return new AscitesPool(plan, lattice, AscitesMl);
        if (FreeAirMl > 0) yield return new FreeAirPool(plan, lattice, FreeAirMl);
    }

    private static (float Right, float Left) Effusion(PhantomSpec spec)
    {
        var all = Amount(spec, PhantomFindings.PleuralEffusion, 60, 1500);
        var dice = Dice.For(spec.Seed, "effusion sides");
        var right = dice.Unit() switch { < 0.3 => 1f, < 0.55 => 0f, _ => dice.Uniform(0.25, 0.75) };
        return (all * right, all * (1 - right));
    }

    private static float SpleenOf(PhantomSpec spec)
    {
        var dice = Dice.For(spec.Seed, "spleen volume");
        var normal = Math.Clamp(dice.Gauss(190, 50), 100, 300);
        var large = spec.Severity is { } severity ? 470 * (float)Math.Pow(3, severity) : dice.LogUniform(470, 1400);
        return spec.Findings.HasFlag(PhantomFindings.Splenomegaly) ? large : normal;
    }

    private static float Amount(PhantomSpec spec, PhantomFindings finding, double low, double high)
    {
        if (!spec.Findings.HasFlag(finding)) return 0;
        var severity = spec.Severity ?? Dice.For(spec.Seed, $"{finding} amount").Unit();
        return (float)(low * Math.Pow(high / low, severity));
    }
}
