using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Anatomy;

/// <summary>The great vessels, and the muscles they run beside.</summary>
internal static class Vessels
{
    /// <summary>What a vessel may displace.</summary>
    public static TissueSet Surroundings { get; } = TissueSet.Inside.Except(Tissue.Skin, Tissue.SubcutaneousFat);

    public static IEnumerable<Solid> Of(BodyPlan plan, Spine spine, Arteries arteries)
    {
        float radius = arteries.Radius, thin = arteries.IliacRadius;
        List<Place> cava =
        [
            .. arteries.Aorta.Select(p => p.Z > 150 ? p.Shift(-32, -14, 0) : p.Shift(-30, -1, 0)).Where(p => p.Z < plan.DomeRight + 12),
        ];
        return
        [
            .. Psoas(plan, spine),
            .. Tube(arteries.Aorta, radius * 1.12f, radius * 0.85f, Tissue.Artery),
            .. Tube(arteries.Right, thin, thin * 0.8f, Tissue.Artery),
            .. Tube(arteries.Left, thin, thin * 0.8f, Tissue.Artery),
            .. Tube([.. arteries.Right.Select(p => p.Shift(-5, 11, 0))], thin * 1.2f, thin, Tissue.Vein),
            .. Tube([.. arteries.Left.Select(p => p.Shift(-5, 11, 0))], thin * 1.2f, thin, Tissue.Vein),
            .. Tube(cava, radius * 1.15f, radius * 1.05f, Tissue.Vein),
        ];
    }

    private static IEnumerable<Solid> Tube(List<Place> path, float from, float to, Tissue tissue)
    {
        var parts = path.Count - 1;
        for (var i = 0; i < parts; i++)
        {
            yield return new Capsule(
                path[i], path[i + 1], from + (to - from) * i / parts, from + (to - from) * (i + 1) / parts, tissue, Surroundings);
        }
    }

    private static IEnumerable<Solid> Psoas(BodyPlan plan, Spine spine)
    {
        var size = Dice.For(plan.Seed, "psoas").Uniform(0.8, 1.2);
        foreach (var side in (float[])[-1, 1])
        {
            Place upper = new(side * 26, spine.CentreAt(85) + 6, 85 * plan.Stature), middle = new(side * 40, spine.CentreAt(0) + 2, 0);
            Place lower = new(side * 62, 6, -85 * plan.Stature), end = new(side * 88, -28, -132 * plan.Stature);
            yield return new Capsule(upper, middle, 8 * size, 20 * size, Tissue.Muscle, Surroundings);
            yield return new Capsule(middle, lower, 20 * size, 21 * size, Tissue.Muscle, Surroundings);
            yield return new Capsule(lower, end, 21 * size, 16 * size, Tissue.Muscle, Surroundings);
        }
    }
}
