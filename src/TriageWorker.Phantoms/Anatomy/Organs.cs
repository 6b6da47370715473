using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Anatomy;

/// <summary>The solid organs. They are larger than their space on purpose: the cavity's wall gives them their outer shape.</summary>
internal static class Organs
{
    private static readonly TissueSet Belly = TissueSet.Of(Tissue.PeritonealFat, Tissue.RetroperitonealFat);
    private static readonly TissueSet LiverOnly = TissueSet.Of(Tissue.Liver);

    public static IEnumerable<Solid> Chest(BodyPlan plan)
    {
        var dice = Dice.For(plan.Seed, "heart");
        var lungs = TissueSet.Of(Tissue.LungLeft, Tissue.LungRight, Tissue.MediastinalFat, Tissue.LungVessel);
        var vessels = Dice.For(plan.Seed, "lung vessels");
        for (var i = 0; i < 420; i++)
        {
            var side = vessels.Chance(0.5) ? -1 : 1;
            var from = new Place(side * plan.CavityA * vessels.Uniform(0.25, 0.92), plan.CavityB * vessels.Uniform(-0.8, 0.9), plan.Top + vessels.Uniform(-120, 10));
            var to = from.Shift(side * vessels.Uniform(4, 14), vessels.Uniform(-4, 12), vessels.Uniform(-18, -4));
            yield return new Capsule(from, to, vessels.Uniform(0.8, 2.2), 0.7f, Tissue.LungVessel, TissueSet.Of(Tissue.LungLeft, Tissue.LungRight));
        }

        float a = plan.CavityA, b = plan.CavityB, size = dice.Uniform(0.85, 1.2);
        var heart = new Place(0.2f * a, -0.38f * b, plan.DomeLeft + dice.Uniform(14, 26));
        yield return new Ellipsoid(heart, 66 * size, 47 * size, 42, -0.45f, Tissue.MediastinalFat, lungs);
        yield return new Ellipsoid(heart, 60 * size, 42 * size, 38, -0.45f, Tissue.Heart, lungs);
    }

    public static IEnumerable<Solid> Liver(BodyPlan plan)
    {
        var dice = Dice.For(plan.Seed, "liver");
        float a = plan.CavityA, b = plan.CavityB, size = dice.Uniform(0.92, 1.1), left = dice.Uniform(0.75, 1.15);
        var tip = dice.Uniform(-20, 30);
        var top = plan.DomeRight;
        yield return new Ellipsoid(new(-0.50f * a, -0.04f * b, top - 68), 0.66f * a * size, 1.02f * b * size, 88 * size, 0, Tissue.Liver, Belly);
        yield return new Ellipsoid(new(-0.68f * a, -0.06f * b, top - 108), 0.36f * a * size, 0.66f * b * size, (80 + tip) * size, 0.15f, Tissue.Liver, Belly);
        yield return new Ellipsoid(new(-0.05f * a, -0.42f * b, top - 54), 0.62f * a * left, 0.56f * b * size, 58 * size, -0.2f, Tissue.Liver, Belly);
        yield return new Ellipsoid(new(-0.08f * a, 0.22f * b, top - 58), 0.24f * a, 0.2f * b, 34 * size, 0, Tissue.Liver, Belly); // caudate

        var hilum = new Place(-0.22f * a, 0.02f * b, top - 78);
        foreach (var (x, y, z, r) in ((float, float, float, float)[])[(-0.35f, 0.05f, 14, 6), (-0.3f, -0.35f, 18, 4.5f), (0.28f, -0.42f, 22, 4.5f), (-0.45f, 0.35f, -16, 4)])
            yield return new Capsule(hilum, hilum.Shift(x * a, y * b, z), r + 1, r * 0.6f, Tissue.LiverVein, LiverOnly);
        var confluence = new Place(-0.12f * a, 0.15f * b, top - 22);
        foreach (var (x, y, z) in ((float, float, float)[])[(-0.5f, 0.05f, -26), (-0.25f, -0.5f, -24), (0.2f, -0.5f, -20)])
            yield return new Capsule(confluence, confluence.Shift(x * a, y * b, z), 5, 2.5f, Tissue.LiverVein, LiverOnly);
        for (var i = 0; i < 16; i++)
        {
            var from = new Place(-0.5f * a + dice.Uniform(-40, 50), dice.Uniform(-0.6, 0.6) * b, top - dice.Uniform(25, 110));
            yield return new Capsule(from, from.Shift(dice.Uniform(-22, 22), dice.Uniform(-22, 22), dice.Uniform(-14, 14)), 2.6f, 1.4f, Tissue.LiverVein, LiverOnly);
        }
    }

    public static IEnumerable<Solid> Gallbladder(BodyPlan plan)
    {
        var dice = Dice.For(plan.Seed, "gallbladder");
        if (dice.Chance(0.15)) yield break; // taken out
        var centre = new Place(-0.42f * plan.CavityA, -0.42f * plan.CavityB, plan.DomeRight - dice.Uniform(108, 128));
        float r = dice.Uniform(11, 19), length = dice.Uniform(24, 38);
        yield return new Ellipsoid(centre, r, r, length, 0, Tissue.Bile, Belly.And(LiverOnly));
    }

    public static IEnumerable<Solid> Retroperitoneum(BodyPlan plan)
    {
        var dice = Dice.For(plan.Seed, "kidneys");
        float a = plan.CavityA, b = plan.CavityB;
        var over = Belly.And(TissueSet.Of(Tissue.PeritonealRim, Tissue.Liver, Tissue.LiverVein, Tissue.BowelWall, Tissue.BowelFluid, Tissue.Stool, Tissue.BowelGas));
        var pancreas = new Place(4, 0.08f * b, 92 * plan.Stature);
        float thick = dice.Uniform(8, 13);
        var bodyOnly = Belly.And(TissueSet.Of(Tissue.BowelWall, Tissue.BowelFluid));
        yield return new Capsule(pancreas.Shift(-36, 4, -22), pancreas, thick * 1.3f, thick, Tissue.Pancreas, bodyOnly);
        yield return new Capsule(pancreas, pancreas.Shift(0.5f * a, 0.22f * b, 22), thick, thick * 0.8f, Tissue.Pancreas, bodyOnly);
        foreach (var side in (float[])[-1, 1])
        {
            var size = dice.Uniform(0.86, 1.14);
            var centre = new Place(side * (0.47f * a + dice.Uniform(-4, 5)), 0.55f * b + dice.Uniform(-4, 6), (side < 0 ? 62 : 74) * plan.Stature + dice.Uniform(-10, 10));
            var yaw = side * 0.6f;
            yield return new Ellipsoid(centre, 36 * size, 31 * size, 64 * size, yaw, Tissue.RetroperitonealFat, over);
            yield return new Ellipsoid(centre, 29 * size, 24 * size, 54 * size, yaw, Tissue.Kidney, over);
            yield return new Ellipsoid(centre.Shift(-side * 17, -9, 0), 15 * size, 8 * size, 24 * size, yaw, Tissue.RenalSinus, TissueSet.Of(Tissue.Kidney));
            yield return new Ellipsoid(centre.Shift(-side * 12, -6, dice.Uniform(-12, 12)), 6, 5, 7, yaw, Tissue.Kidney, TissueSet.Of(Tissue.RenalSinus));
        }
    }

    public static IEnumerable<Solid> Pelvic(BodyPlan plan)
    {
        var dice = Dice.For(plan.Seed, "pelvic");
        float s = plan.Stature, b = plan.CavityB;
        var over = TissueSet.Inside.Except(Tissue.Cortex, Tissue.Marrow, Tissue.Skin, Tissue.SubcutaneousFat);
        float r = dice.Uniform(17, 46), height = r * dice.Uniform(0.7, 0.95);
        var bladder = new Place(dice.Uniform(-4, 4), -0.22f * b, -140 * s + height);
        if (plan.Female)
            yield return new Ellipsoid(bladder.Shift(dice.Uniform(-8, 8), 0.34f * b + r * 0.5f, 8), 27, 19, 32, dice.Uniform(-0.4, 0.4), Tissue.PelvicOrgan, over);
        else
            yield return new Ellipsoid(new(0, -0.1f * b, -150 * s), 23, 18, 18, 0, Tissue.PelvicOrgan, over);
        yield return new Ellipsoid(bladder, r + 3, r * 0.85f + 3, height + 3, 0, Tissue.PelvicOrgan, over);
        yield return new Ellipsoid(bladder, r, r * 0.85f, height, 0, Tissue.Bladder, TissueSet.Of(Tissue.PelvicOrgan));
    }
}
