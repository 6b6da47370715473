using TriageWorker.Phantoms.Anatomy;
using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Findings;

/// <summary>Air that left the bowel: it rises to the front, lies under the abdominal wall and over the liver, and has no wall of its own.</summary>
internal sealed class FreeAirPool : Pool
{
    private readonly Lattice _lattice;
    private readonly float _front, _site, _lean;

    public FreeAirPool(BodyPlan plan, Lattice lattice, float millilitres)
        : base(
            Tissue.FreeAir,
            TissueSet.Of(Tissue.PeritonealFat, Tissue.PeritonealRim, Tissue.Ascites, Tissue.Liver, Tissue.LiverVein, Tissue.Bile),
            millilitres)
    {
        _lattice = lattice;
        _front = plan.CavityB * 1.08f;
        var dice = Dice.For(plan.Seed, "free air site");
        _site = dice.Uniform(30, 150) * plan.Stature;
        _lean = dice.Uniform(-0.06, 0.03); // more often over the liver
    }

    public override float Rank(TorsoSlice torso, float x, float y)
        => y + _front + MathF.Abs(torso.Z - _site) * 0.05f - x * _lean + 1.5f * _lattice.At(x / 25, y / 25, torso.Z / 25);
}
