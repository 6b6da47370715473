using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Anatomy;

/// <summary>A spleen of a given volume: an ellipsoid under the left dome, grown downwards and forwards until what the wall leaves of it is large enough.</summary>
internal sealed class Spleen : Solid
{
    private const float Step = 5; // mm, of the grid on which volume is measured
    private readonly BodyPlan _plan;
    private readonly Place _top;
    private readonly float _scale, _slim, _tall, _yaw;

    public Spleen(BodyPlan plan)
        : base(Tissue.Spleen, TissueSet.Of(Tissue.PeritonealFat, Tissue.RetroperitonealFat, Tissue.BowelWall, Tissue.BowelFluid, Tissue.BowelGas, Tissue.Stool, Tissue.Kidney, Tissue.RenalSinus))
    {
        _plan = plan;
        var dice = Dice.For(plan.Seed, "spleen");
        _slim = dice.Uniform(0.85, 1.15);
        _tall = dice.Uniform(0.9, 1.2);
        _yaw = dice.Uniform(-0.1, 0.3);
        _top = new Place(0.80f * plan.CavityA, 0.34f * plan.CavityB, plan.DomeLeft - dice.Uniform(12, 30));
        var scale = 1f;
        for (var i = 0; i < 6; i++) scale = Math.Clamp(scale * MathF.Cbrt(plan.SpleenMl / MathF.Max(10, Measure(scale))), 0.4f, 3.5f);
        _scale = scale;
    }

    public override void Paint(SliceCanvas canvas) => Shape(_scale).Paint(canvas);

    private Ellipsoid Shape(float scale)
    {
        float rx = 31 * _slim * scale, ry = 47 * scale / _slim, rz = 50 * _tall * scale;
        var centre = new Place(_top.X - 0.28f * (rx - 31), _top.Y - 0.25f * (ry - 47), _top.Z - rz);
        return new Ellipsoid(centre, rx, ry, rz, _yaw, Tissue, Over);
    }

    private float Measure(float scale)
    {
        var columns = (int)(_plan.CavityA / Step) + 4;
        var rows = (int)(2 * _plan.CavityB / Step) + 8;
        var frame = new PixelFrame(columns, rows, -5, -_plan.CavityB - 4 * Step, Step, 0, 0, 0);
        var canvas = new SliceCanvas(frame);
        var count = 0;
        for (var z = _plan.DomeLeft; z > -80; z -= 2 * Step)
        {
            canvas.Z = z;
            canvas.Tissues.Fill(Tissue.PeritonealFat);
            Shape(scale).Paint(canvas);
            if (!canvas.Tissues.Contains(Tissue)) continue;
            var torso = new TorsoSlice(_plan, z);
            for (var r = 0; r < rows; r++)
            {
                var (x, y) = frame.RowStart(r);
                var row = canvas.Row(r);
                for (var c = 0; c < columns; c++)
                    if (row[c] == Tissue && Over.Contains(torso.Ground(x + c * Step, y))) count++;
            }
        }

        return count * Step * Step * 2 * Step / 1000;
    }
}
