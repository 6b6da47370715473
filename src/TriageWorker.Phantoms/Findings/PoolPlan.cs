using TriageWorker.Phantoms.Anatomy;
using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms.Findings;

/// <summary>Finds each pool's level on a coarse grid of the whole body, so that the level does not depend on the grid that is drawn.</summary>
internal static class PoolPlan
{
    private const float Step = 5;
    private const float Share = 0.85f; // no pool fills its space to the last drop

    public static void Level(Body body)
    {
        if (body.Pools.All(pool => pool.Millilitres <= 0)) return;
        var plan = body.Plan;
        int columns = (int)(plan.CavityA * 2.1f / Step) + 2, rows = (int)(plan.CavityB * 2.3f / Step) + 2;
        var frame = new PixelFrame(columns, rows, -columns * Step / 2, -rows * Step / 2, Step, 0, 0, 0);
        var bottom = -185 * plan.Stature;
        var layers = (int)((plan.Top - bottom) / Step);
        var tissues = new Tissue[layers][];
        var torsos = new TorsoSlice[layers];
        for (var i = 0; i < layers; i++)
        {
            var canvas = new SliceCanvas(frame) { Z = bottom + i * Step };
            torsos[i] = body.PaintOrgans(canvas);
            tissues[i] = canvas.Tissues.ToArray();
        }

        foreach (var pool in body.Pools)
        {
            if (pool.Millilitres <= 0) continue;
            SetLevel(pool, frame, tissues, torsos);
        }
    }

    private static void SetLevel(Pool pool, PixelFrame frame, Tissue[][] tissues, TorsoSlice[] torsos)
    {
        var ranks = new List<(float Rank, int Layer, int Pixel)>();
        for (var layer = 0; layer < tissues.Length; layer++)
        {
            for (var pixel = 0; pixel < tissues[layer].Length; pixel++)
            {
                if (!pool.Over.Contains(tissues[layer][pixel])) continue;
                var (x, y) = frame.RowStart(pixel / frame.Columns);
                var rank = pool.Rank(torsos[layer], x + pixel % frame.Columns * Step, y);
                if (float.IsFinite(rank)) ranks.Add((rank, layer, pixel));
            }
        }

        if (ranks.Count == 0) return;
        ranks.Sort(static (a, b) => a.Rank.CompareTo(b.Rank));
        var wanted = pool.Millilitres * 1000 / (Step * Step * Step);
        var count = (int)MathF.Min(wanted, Share * ranks.Count);
        pool.Level = ranks[Math.Min(count, ranks.Count - 1)].Rank;
        foreach (var (rank, layer, pixel) in ranks)
            if (rank < pool.Level) tissues[layer][pixel] = pool.Fill; // the next pool sees it
    }
}
