using TriageWorker.Phantoms.Drawing;
using TriageWorker.Phantoms.Findings;

namespace TriageWorker.Phantoms.Anatomy;

/// <summary>One person with all organs in the order in which they are painted, and the pools that lie between them.</summary>
internal sealed class Body
{
    private readonly List<Solid> _solids = [];

    public Body(BodyPlan plan, Func<BodyPlan, IEnumerable<Pool>> pools)
    {
        Plan = plan;
        var spine = new Spine(plan);
        _solids.AddRange(Organs.Chest(plan));
        _solids.AddRange(Organs.Liver(plan));
        _solids.AddRange(Organs.Gallbladder(plan));
        _solids.AddRange(Bowel.Stomach(plan));
        _solids.AddRange(Bowel.Colon(plan));
        _solids.AddRange(Organs.Retroperitoneum(plan));
        _solids.Add(new Spleen(plan));
        _solids.AddRange(Bowel.Small(plan));
        var arteries = new Arteries(plan, spine);
        _solids.AddRange(Vessels.Of(plan, spine, arteries));
        Plaques = [.. Plaque.Of(plan, arteries)];
        _solids.AddRange(Plaques.Select(plaque => plaque.Solid));
        _solids.Add(spine);
        _solids.AddRange(Pelvis.Bones(plan));
        _solids.AddRange(Organs.Pelvic(plan));
        Pools = [.. pools(plan)];
        PoolPlan.Level(this);
    }

    public BodyPlan Plan { get; }

    public IReadOnlyList<Plaque> Plaques { get; }

    public IReadOnlyList<Pool> Pools { get; }

    /// <summary>Paints everything at the canvas's height.</summary>
    public void Paint(SliceCanvas canvas)
    {
        var torso = PaintOrgans(canvas);
        foreach (var pool in Pools) pool.Paint(canvas, torso);
    }

    /// <summary>Paints everything but the pools.</summary>
    public TorsoSlice PaintOrgans(SliceCanvas canvas)
    {
        var torso = new TorsoSlice(Plan, canvas.Z);
        var frame = canvas.Frame;
        float stepX = frame.Pixel * frame.Cos, stepY = -frame.Pixel * frame.Sin;
        for (var r = 0; r < frame.Rows; r++)
        {
            var (x, y) = frame.RowStart(r);
            var row = canvas.Row(r);
            for (var c = 0; c < row.Length; c++) row[c] = torso.Ground(x + c * stepX, y + c * stepY);
        }

        foreach (var solid in _solids) solid.Paint(canvas);
        return torso;
    }
}
