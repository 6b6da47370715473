using TriageWorker.Phantoms.Anatomy;
using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Findings;

/// <summary>What lies in the dependent part of one pleural space: fluid, and lung that is airless above it. Airless lung without fluid is no finding.</summary>
internal sealed class EffusionPool : Pool
{
    private readonly Lattice _lattice;
    private readonly float _side, _bottom, _airless, _patchy;

    /// <param name="side">−1 is the patient's right, 1 the left.</param>
    /// <param name="airless">Depth of airless lung above the fluid, mm.</param>
    public EffusionPool(BodyPlan plan, Lattice lattice, float side, float millilitres, float airless)
        : base(Tissue.Effusion, TissueSet.Of(side < 0 ? Tissue.LungRight : Tissue.LungLeft, Tissue.LungVessel), millilitres)
    {
        _lattice = lattice;
        _side = side;
        _bottom = plan.CavityB * 1.06f;
        _airless = airless;
        _patchy = millilitres > 0 ? 4 : 14;
    }

    public override float Rank(TorsoSlice torso, float x, float y)
    {
        if (x * _side < 0) return float.PositiveInfinity;
        var wall = torso.WallDistance(torso.CavityAt(x, y));
        return (_bottom - y) * 0.85f + wall * 0.35f + 2 * _lattice.At(x / 40, y / 40, torso.Z / 40);
    }

    protected override Tissue At(TorsoSlice torso, float x, float y, Tissue before)
    {
        var rank = Rank(torso, x, y);
        if (rank < Level) return Tissue.Effusion;
        if (_airless <= 0) return before;
        var patch = _patchy * _lattice.At(x / 12, y / 12, torso.Z / 16);
        return rank + patch < MathF.Max(Level, 0) + _airless ? Tissue.Atelectasis : before;
    }
}
