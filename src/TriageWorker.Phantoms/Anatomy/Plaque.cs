using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Anatomy;

/// <summary>A flat grain of calcium in the wall of an artery.</summary>
internal sealed record Plaque(Place Centre, float Volume, Solid Solid)
{
    /// <summary>Grains on aorta and iliac arteries until the drawn volume is reached.</summary>
    public static IEnumerable<Plaque> Of(BodyPlan plan, Arteries arteries)
    {
        var dice = Dice.For(plan.Seed, "plaques");
        List<Place> aorta = [.. arteries.Aorta.Where(p => p.Z < plan.Top - 4)];
        for (var rest = plan.CalciumMm3; rest > 1;)
        {
            var (path, radius) = dice.Unit() switch
            {
                < 0.76 => (aorta, arteries.Radius * 0.97f),
                < 0.88 => (arteries.Right, arteries.IliacRadius),
                _ => (arteries.Left, arteries.IliacRadius),
            };
            var part = dice.Count(0, ReferenceEquals(path, aorta) ? path.Count - 2 : 2);
            var axis = Place.Between(path[part], path[part + 1], (float)dice.Unit());
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
            var centre = axis.Shift(radius * cos, radius * sin, 0);
            yield return new Plaque(centre, volume, new Ellipsoid(centre, thick, wide, tall, angle, Tissue.Plaque, Vessels.Surroundings));
        }
    }
}
