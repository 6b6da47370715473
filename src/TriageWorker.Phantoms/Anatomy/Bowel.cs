using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Anatomy;

/// <summary>Stomach, small bowel and colon. Gas inside them is normal, and what free air must be told from.</summary>
internal static class Bowel
{
    private static readonly TissueSet Room = TissueSet.Of(Tissue.PeritonealFat, Tissue.RetroperitonealFat);
    private static readonly TissueSet RoomAndLiver = Room.And(TissueSet.Of(Tissue.Liver, Tissue.LiverVein));
    private static readonly TissueSet Wall = TissueSet.Of(Tissue.BowelWall);
    private static readonly TissueSet Content = TissueSet.Of(Tissue.BowelFluid, Tissue.Stool);

    public static IEnumerable<Solid> Stomach(BodyPlan plan)
    {
        var dice = Dice.For(plan.Seed, "stomach");
        float size = dice.Uniform(0.75, 1.25), a = plan.CavityA, b = plan.CavityB;
        var fundus = new Place(0.40f * a, 0.02f * b, plan.DomeLeft - 40);
        var body = new Place(0.34f * a, -0.42f * b, plan.DomeLeft - 80);
        var exit = new Place(-0.02f * a, -0.40f * b, plan.DomeLeft - 100);
        var level = dice.Uniform(-1.0, 0.5);
        foreach (var (at, rx, ry, rz) in ((Place, float, float, float)[])[(fundus, 36, 32, 34), (body, 34, 28, 42), (exit, 36, 17, 17)])
        {
            foreach (var part in Loop(at, rx * size, ry * size, rz * size, 0, level, Tissue.BowelFluid, 3.5f)) yield return part;
        }
    }

    public static IEnumerable<Solid> Colon(BodyPlan plan)
    {
        var dice = Dice.For(plan.Seed, "colon");
        float a = plan.CavityA, b = plan.CavityB, s = plan.Stature;
        var wide = dice.Uniform(15, 27); // the gas-filled, wide one is the hard negative of free air
        var gas = dice.Uniform(-0.9, 0.9);
        var sag = dice.Uniform(-10, 45);
        var beforeLiver = dice.Chance(0.12); // colon between liver and abdominal wall (Chilaiditi): looks like free air, is none
        var flexure = beforeLiver ? new Place(-0.42f * a, -0.8f * b, 118 * s) : new Place(-0.60f * a, -0.28f * b, 62 * s);
        Place[] path =
        [
            new(-0.60f * a, -0.05f * b, -58 * s), new(-0.70f * a, 0.05f * b, -20 * s), new(-0.72f * a, 0.12f * b, 25 * s), flexure,
            new(-0.30f * a, -0.62f * b, (55 - sag) * s), new(0.1f * a, -0.66f * b, (50 - sag) * s), new(0.48f * a, -0.55f * b, (72 - sag / 2) * s), new(0.74f * a, -0.05f * b, 100 * s),
            new(0.76f * a, 0.22f * b, 50 * s), new(0.74f * a, 0.22f * b, 0), new(0.62f * a, 0.1f * b, -50 * s), new(0.3f * a, -0.05f * b, -72 * s),
            new(-0.12f * a, 0.05f * b, -78 * s), new(0.02f * a, 0.42f * b, -100 * s),
        ];
        for (var i = 0; i + 1 < path.Length; i++)
        {
            var steps = 1 + (int)(Length(path[i], path[i + 1]) / (wide * 1.15f));
            for (var k = 0; k < steps; k++)
            {
                var part = (i + (float)k / steps) / (path.Length - 1);
                var r = wide * (part < 0.4f ? 1.15f : part < 0.6f ? 1f : 0.72f) * dice.Uniform(0.82, 1.15);
                var level = Math.Clamp(gas + dice.Gauss(part is > 0.25f and < 0.5f ? 0.4 : -0.3, 0.45), -1.1f, 1f);
                var fill = dice.Chance(0.7) ? Tissue.Stool : Tissue.BowelFluid;
                var at = Inside(plan, Place.Between(path[i], path[i + 1], (float)k / steps), r);
                foreach (var solid in Loop(at, r, r * dice.Uniform(0.85, 1.1), r, 0, level, fill, 2.2f, beforeLiver ? RoomAndLiver : Room)) yield return solid;
            }
        }

        // Rectum: below the peritoneum, so it may lie over anything soft.
        var soft = TissueSet.Of(Tissue.PeritonealFat, Tissue.PeritonealRim, Tissue.RetroperitonealFat, Tissue.Muscle);
        for (var k = 0; k < 4; k++)
        {
            var at = new Place(dice.Uniform(-5, 5), 0.5f * b - 1.5f * k, (-108 - 16 * k) * s);
            yield return new Ellipsoid(at, 17, 14, 15, 0, Tissue.BowelWall, soft);
            yield return new Ellipsoid(at, 13, 10, 12, 0, Tissue.Stool, Wall);
            yield return new Ellipsoid(at, 13, 10, 12, 0, Tissue.BowelGas, TissueSet.Of(Tissue.Stool)) { Level = dice.Uniform(-1, 0) };
        }
    }

    public static IEnumerable<Solid> Small(BodyPlan plan)
    {
        var dice = Dice.For(plan.Seed, "small bowel");
        float a = plan.CavityA, b = plan.CavityB, s = plan.Stature;
        var loops = dice.Count(90, 170);
        var size = dice.Uniform(9, 13);
        for (var i = 0; i < loops; i++)
        {
            var z = dice.Uniform(-100, 70) * s;
            var spread = z < -60 * s ? 0.42 : 0.62;
            var at = new Place(dice.Uniform(-spread, spread) * a, dice.Uniform(-0.68, 0.32) * b, z);
            float r = size * dice.Uniform(0.75, 1.25), longer = r * dice.Uniform(1.1, 2.3);
            var level = dice.Chance(0.2) ? dice.Uniform(-0.8, 0.2) : -1.1f;
            foreach (var solid in Loop(at, longer, r, r * 1.1f, dice.Uniform(-1.4, 1.4), level, Tissue.BowelFluid, 2.4f)) yield return solid;
        }
    }

    private static IEnumerable<Solid> Loop(Place at, float rx, float ry, float rz, float yaw, float level, Tissue fill, float wall, TissueSet? room = null)
    {
        yield return new Ellipsoid(at, rx, ry, rz, yaw, Tissue.BowelWall, room ?? Room);
        yield return new Ellipsoid(at, rx - wall, ry - wall, rz - wall, yaw, fill, Wall.And(Content));
        if (level > -1) yield return new Ellipsoid(at, rx - wall, ry - wall, rz - wall, yaw, Tissue.BowelGas, Wall.And(Content)) { Level = level };
    }

    /// <summary>Keeps a loop off the abdominal wall, as its own wall does.</summary>
    private static Place Inside(BodyPlan plan, Place at, float radius)
    {
        var across = Math.Clamp(at.X / plan.CavityA, -0.95f, 0.95f);
        var front = -0.96f * plan.CavityB * MathF.Sqrt(1 - across * across);
        return at with { Y = MathF.Max(at.Y, front + radius + 3) };
    }

    private static float Length(Place from, Place to)
        => MathF.Sqrt((to.X - from.X) * (to.X - from.X) + (to.Y - from.Y) * (to.Y - from.Y) + (to.Z - from.Z) * (to.Z - from.Z));
}
