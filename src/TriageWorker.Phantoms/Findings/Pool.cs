using TriageWorker.Phantoms.Anatomy;
using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Findings;

/// <summary>Fluid or air that takes the places it prefers, up to a level. Each kind ranks the places; <see cref="PoolPlan"/> finds the level that gives the wanted volume.</summary>
internal abstract class Pool(Tissue fill, TissueSet over, float millilitres)
{
    public Tissue Fill => fill;

    public TissueSet Over => over;

    public float Millilitres => millilitres;

    /// <summary>Places that rank below it are filled.</summary>
    public float Level { get; set; } = float.MinValue;

    /// <summary>Rank of a place, about in mm; the lowest fill first. Positive infinity is never filled.</summary>
    public abstract float Rank(TorsoSlice torso, float x, float y);

    public virtual void Paint(SliceCanvas canvas, TorsoSlice torso)
    {
        if (Level == float.MinValue) return;
        var frame = canvas.Frame;
        float stepX = frame.Pixel * frame.Cos, stepY = -frame.Pixel * frame.Sin;
        for (var r = 0; r < frame.Rows; r++)
        {
            var row = canvas.Row(r);
            var (x, y) = frame.RowStart(r);
            for (var c = 0; c < row.Length; c++)
                if (over.Contains(row[c])) row[c] = At(torso, x + c * stepX, y + c * stepY, row[c]);
        }
    }

    protected virtual Tissue At(TorsoSlice torso, float x, float y, Tissue before) => Rank(torso, x, y) < Level ? fill : before;
}
