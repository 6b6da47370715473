using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Anatomy;

/// <summary>Hip bones, sacrum and femora, each a cortex with marrow inside.</summary>
internal static class Pelvis
{
    private const float Cortex = 2.2f;
    private static readonly TissueSet Soft = TissueSet.Inside.Except(Tissue.Cortex, Tissue.Marrow);
    private static readonly TissueSet Shells = TissueSet.Of(Tissue.Cortex);

    public static IEnumerable<Solid> Bones(BodyPlan plan)
    {
        var s = plan.Stature;
        var wide = Math.Clamp(plan.CavityA / 128, 0.9f, 1.12f) * (plan.Female ? 1.03f : 1f);
        Place At(float x, float y, float z) => new(x * wide, y + 0.1f * (plan.CavityB - 80), z * s);

        var solids = new List<Solid>();
        var marrow = new List<Solid>();
        void Bone(Place from, Place to, float a, float b)
        {
            solids.Add(new Capsule(from, to, a, b, Tissue.Cortex, Soft));
            marrow.Add(new Capsule(from, to, a - Cortex, b - Cortex, Tissue.Marrow, Shells));
        }

        void Close() // parts of one bone share their marrow, so it is filled in after all their shells
        {
            solids.AddRange(marrow);
            marrow.Clear();
        }

        // Sacrum: stacked slabs that lean back.
        for (var i = 0; i < 6; i++)
        {
            float z = -76 - 11 * i, half = 48 - 6f * i, y = 62 + 3.6f * i, r = 15 - 1.4f * i;
            Bone(At(-half + r, y - 4, z), At(0, y + 5, z), r * 0.9f, r);
            Bone(At(half - r, y - 4, z), At(0, y + 5, z), r * 0.9f, r);
        }

        Close();
        foreach (var side in (float[])[-1, 1])
        {
            // The wing: plates from the sacroiliac joint forward, stacked from the crest down.
            for (var i = 0; i <= 12; i++)
            {
                var t = i / 12f;
                var z = 6 - 112 * t;
                var back = At(side * (62 - 22 * MathF.Sin(MathF.PI * MathF.Min(1, t * 1.1f)) + 16 * t), 62 - 30 * t * t, z);
                var middle = At(side * (100 - 12 * t), 30 - 16 * t, z);
                var reach = MathF.Min(1, t * 3.2f);
                var front = At(side * (106 + 8 * reach - 24 * t), 12 - 42 * reach + 22 * t, z);
                Bone(back, middle, 6.5f, 5.5f);
                Bone(middle, front, 5.5f, 6f);
            }

            Bone(At(side * 84, 6, -112), At(side * 78, 8, -128), 22, 27); // roof of the hip joint
            Bone(At(side * 74, 18, -140), At(side * 60, 26, -188), 15, 12); // ischium
            Bone(At(side * 68, -16, -140), At(side * 9, -44, -152), 11, 10); // upper branch of the pubis
            Bone(At(side * 9, -44, -158), At(side * 54, 14, -190), 7, 8); // lower branch
            Close();
            var head = At(side * 91, 0, -138);
            solids.Add(new Ellipsoid(head, 27.5f, 27.5f, 27.5f, 0, Tissue.Muscle, TissueSet.Of(Tissue.Cortex, Tissue.Marrow)));
            Bone(head, head, 24.5f, 24.5f);
            Bone(head, At(side * 122, 14, -158), 15, 14); // neck
            Bone(At(side * 124, 18, -150), At(side * 120, 10, -230), 16, 14); // trochanter and shaft
            Close();
        }

        return solids;
    }
}
