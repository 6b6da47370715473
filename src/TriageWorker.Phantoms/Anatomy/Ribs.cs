using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Anatomy;

/// <summary>Ribs run down and forward in the wall of the cavity; in front they end in cartilage that climbs again.</summary>
internal static class Ribs
{
    private const float Spacing = 27, TwelfthHeight = 124, HalfHeight = 6, Inner = 1.5f, Outer = 9, Cortex = 1.6f;

    public static Tissue At(BodyPlan plan, TorsoSlice slice, float x, float y, float depth)
    {
        if (slice.Level < 15) return Tissue.Muscle;
        if (depth is < Inner or > Outer) return Tissue.Muscle;
        var around = MathF.Atan2(MathF.Abs(x) / slice.CavityA, y / slice.CavityB) / MathF.PI; // 0 at the back, 1 in front
        var fall = around < 0.68f ? 150 * around : 150 * 0.68f - 190 * (around - 0.68f);
        var rank = (slice.Level + fall - TwelfthHeight) / Spacing;
        var rib = MathF.Round(rank);
        var off = MathF.Abs(rank - rib) * Spacing;
        if (rib < 0 || off > HalfHeight || around < 0.07f) return Tissue.Muscle;
        if (rib == 0 && around > 0.26f || rib == 1 && around > 0.42f) return Tissue.Muscle;
        if (around > 0.7f) return around < 0.96f || plan.Stature * slice.Level > plan.DomeLeft ? Tissue.Cartilage : Tissue.Muscle;
        var core = depth > Inner + Cortex && depth < Outer - Cortex && off < HalfHeight - Cortex;
        return core ? Tissue.RibMarrow : Tissue.Cortex;
    }
}
