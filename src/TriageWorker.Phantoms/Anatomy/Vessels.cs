using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Anatomy;

/// <summary>Aorta with plaques, iliac arteries, vena cava, and the muscle beside them.</summary>
internal static class Vessels
{
    private static readonly TissueSet Anything = TissueSet.Inside.Except(Tissue.Skin, Tissue.SubcutaneousFat);

    public static IEnumerable<Solid> Of(BodyPlan plan, Spine spine)
    {
        var dice = Dice.For(plan.Seed, "vessels");
        var radius = dice.Uniform(8.5, 12.5) * (plan.Female ? 0.92f : 1.04f);
        var solids = new List<Solid>();
        solids.AddRange(Psoas(plan, spine, dice.Uniform(0.8, 1.2)));

        var aorta = new List<Place>();
        var wander = dice.Uniform(-4, 4);
        for (var z = 260f; z >= -20; z -= 20)
        {
            var sway = wander * MathF.Sin(z / 60);
            aorta.Add(new Place(MathF.Min(20, 7 + 0.06f * MathF.Max(0, z - 60)) + sway, spine.FrontAt(z * plan.Stature) - radius + 3, z * plan.Stature));
        }

        solids.AddRange(Tube(aorta, radius * 1.12f, radius * 0.85f, Tissue.Artery));
        var fork = aorta[^1];
        List<Place> iliacRight = Iliac(plan, fork, -1), iliacLeft = Iliac(plan, fork, 1);
        var thin = radius * 0.58f;
        solids.AddRange(Tube(iliacRight, thin, thin * 0.8f, Tissue.Artery));
        solids.AddRange(Tube(iliacLeft, thin, thin * 0.8f, Tissue.Artery));
        solids.AddRange(Tube([.. iliacRight.Select(p => p.Shift(-5, 11, 0))], thin * 1.2f, thin, Tissue.Vein));
        solids.AddRange(Tube([.. iliacLeft.Select(p => p.Shift(-5, 11, 0))], thin * 1.2f, thin, Tissue.Vein));

        var cava = aorta.Select(p => p.Z > 150 ? p.Shift(-32, -14, 0) : p.Shift(-30, -1, 0)).Where(p => p.Z < plan.DomeRight + 12);
        solids.AddRange(Tube([.. cava], radius * 1.15f, radius * 1.05f, Tissue.Vein));
        solids.AddRange(Plaques(plan, aorta, radius, iliacRight, iliacLeft, thin));
        return solids;
    }

    private static List<Place> Iliac(BodyPlan plan, Place fork, float side)
    {
        var s = plan.Stature;
        return
        [
            fork, new(side * 22 + 2, fork.Y + 8, -48 * s), new(side * 42, 34, -78 * s), new(side * 58, 8, -104 * s), new(side * 74, -30, -132 * s),
            new(side * 80, -46, -165 * s), new(side * 82, -44, -230 * s),
        ];
    }

    private static IEnumerable<Solid> Tube(List<Place> path, float from, float to, Tissue tissue)
    {
        var parts = path.Count - 1;
        for (var i = 0; i < parts; i++)
        {
            yield return new Capsule(
                path[i], path[i + 1], from + (to - from) * i / parts, from + (to - from) * (i + 1) / parts, tissue, Anything);
        }
    }

    private static IEnumerable<Solid> Psoas(BodyPlan plan, Spine spine, float size)
    {
        foreach (var side in (float[])[-1, 1])
        {
            Place upper = new(side * 26, spine.CentreAt(85) + 6, 85 * plan.Stature), middle = new(side * 40, spine.CentreAt(0) + 2, 0);
            Place lower = new(side * 62, 6, -85 * plan.Stature), end = new(side * 88, -28, -132 * plan.Stature);
            yield return new Capsule(upper, middle, 8 * size, 20 * size, Tissue.Muscle, Anything);
            yield return new Capsule(middle, lower, 20 * size, 21 * size, Tissue.Muscle, Anything);
            yield return new Capsule(lower, end, 21 * size, 16 * size, Tissue.Muscle, Anything);
        }
    }

    /// <summary>Flat grains on the walls until the drawn volume is reached; each has at most 220 mm³.</summary>
    private static IEnumerable<Solid> Plaques(
        BodyPlan plan, List<Place> aorta, float radius, List<Place> right, List<Place> left, float thin)
    {
        var dice = Dice.For(plan.Seed, "plaques");
        List<Place> abdominal = [.. aorta.Where(p => p.Z < plan.Top - 4)];
        for (var rest = plan.CalciumMm3; rest > 1;)
        {
            var (path, r) = dice.Unit() switch { < 0.76 => (abdominal, radius * 0.97f), < 0.88 => (right, thin), _ => (left, thin) };
            var last = ReferenceEquals(path, abdominal) ? path.Count - 2 : 2;
            var i = dice.Count(0, last);
            var centre = Place.Between(path[i], path[i + 1], (float)dice.Unit());
            var angle = dice.Uniform(0, 2 * Math.PI);
            float thick = dice.Uniform(1.2, 1.9), wide = dice.Uniform(2.2, 4.2), tall = dice.Uniform(2.5, 6);
            var volume = 4f / 3 * MathF.PI * thick * wide * tall;
            if (volume > rest)
            {
                var scale = MathF.Cbrt(rest / volume);
                (thick, wide, tall, volume) = (thick * scale, wide * scale, tall * scale, rest);
            }

            rest -= volume;
            var (sin, cos) = MathF.SinCos(angle);
            yield return new Ellipsoid(centre.Shift(r * cos, r * sin, 0), thick, wide, tall, angle, Tissue.Plaque, Anything);
        }
    }
}
