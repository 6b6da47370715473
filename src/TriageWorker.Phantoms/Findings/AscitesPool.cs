using TriageWorker.Phantoms.Anatomy;
using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Findings;

/// <summary>Fluid in the belly: pelvis and gutters first, then around liver and spleen, at last between the loops.</summary>
internal sealed class AscitesPool : Pool
{
    private readonly BodyPlan _plan;
    private readonly Lattice _lattice;
    private readonly float _pelvis, _gutters, _dome;

    public AscitesPool(BodyPlan plan, Lattice lattice, float millilitres)
        : base(Tissue.Ascites, TissueSet.Of(Tissue.PeritonealFat, Tissue.PeritonealRim), millilitres)
    {
        _plan = plan;
        _lattice = lattice;
        var dice = Dice.For(plan.Seed, "ascites sites");
        _pelvis = dice.Uniform(-6, 14);
        _gutters = dice.Uniform(-4, 8);
        _dome = dice.Uniform(-6, 6);
    }

    public override float Rank(TorsoSlice torso, float x, float y)
    {
        var wall = torso.WallDistance(torso.CavityAt(x, y));
        var forward = MathF.Max(0, -y) * 0.22f; // fluid sinks: the front fills last
        var gutter = wall * 0.8f + forward + _gutters;
        var pelvis = (torso.Z / _plan.Stature + 128) * 0.55f + forward + _pelvis;
        var dome = (torso.DiaphragmAt(x, y) - torso.Z) * 0.5f + forward + _dome;
        return MathF.Min(MathF.Min(gutter, pelvis), dome) + 6 * _lattice.At(x / 34, y / 34, torso.Z / 34);
    }
}
