using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Anatomy;

/// <summary>The way of the aorta down to its fork, and of the iliac arteries to the groins.</summary>
internal sealed class Arteries
{
    public Arteries(BodyPlan plan, Spine spine)
    {
        var dice = Dice.For(plan.Seed, "vessels");
        Radius = dice.Uniform(8.5, 12.5) * (plan.Female ? 0.92f : 1.04f);
        var wander = dice.Uniform(-4, 4);
        var s = plan.Stature;
        for (var z = 260f; z >= -20; z -= 20)
        {
            var sway = wander * MathF.Sin(z / 60);
            Aorta.Add(new Place(MathF.Min(20, 7 + 0.06f * MathF.Max(0, z - 60)) + sway, spine.FrontAt(z * s) - Radius + 3, z * s));
        }

        var fork = Aorta[^1];
        foreach (var (side, path) in ((float, List<Place>)[])[(-1, Right), (1, Left)])
        {
            path.AddRange([
                fork, new(side * 22 + 2, fork.Y + 8, -48 * s), new(side * 42, 34, -78 * s), new(side * 58, 8, -104 * s), new(side * 74, -30, -132 * s),
                new(side * 80, -46, -165 * s), new(side * 82, -44, -230 * s)]);
        }
    }

    public float Radius { get; }

    public float IliacRadius => Radius * 0.58f;

    public List<Place> Aorta { get; } = [];

    public List<Place> Right { get; } = [];

    public List<Place> Left { get; } = [];
}
