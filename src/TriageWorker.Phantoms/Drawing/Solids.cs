namespace TriageWorker.Phantoms.Drawing;

/// <summary>A place in the body, mm: x to the left, y to posterior, z to the head.</summary>
internal readonly record struct Place(float X, float Y, float Z)
{
    public static Place Between(Place from, Place to, float part)
        => new(from.X + (to.X - from.X) * part, from.Y + (to.Y - from.Y) * part, from.Z + (to.Z - from.Z) * part);

    public Place Shift(float x, float y, float z) => new(X + x, Y + y, Z + z);
}

/// <summary>A part of the body that paints its cut through a slice over some other tissues.</summary>
internal abstract class Solid(Tissue tissue, TissueSet over)
{
    protected Tissue Tissue => tissue;

    protected TissueSet Over => over;

    public abstract void Paint(SliceCanvas canvas);
}

/// <summary>An ellipsoid turned about the long axis.</summary>
internal sealed class Ellipsoid(Place centre, float radiusX, float radiusY, float radiusZ, float yaw, Tissue tissue, TissueSet over)
    : Solid(tissue, over)
{
    /// <summary>Posterior end of the part to paint, as a fraction of the radius from −1 to 1: gas stays above its level.</summary>
    public float Level { get; init; } = 1;

    public override void Paint(SliceCanvas canvas)
    {
        var height = (canvas.Z - centre.Z) / radiusZ;
        var cut = 1 - height * height;
        if (cut <= 0) return;
        cut = MathF.Sqrt(cut);
        var lowest = Level < 1 ? centre.Y + Level * radiusY : float.MaxValue;
        canvas.Ellipse(centre.X, centre.Y, radiusX * cut, radiusY * cut, yaw, Tissue, Over, lowest);
    }
}

/// <summary>A straight limb with round ends whose radius may change on its way.</summary>
internal sealed class Capsule(Place from, Place to, float fromRadius, float toRadius, Tissue tissue, TissueSet over)
    : Solid(tissue, over)
{
    public override void Paint(SliceCanvas canvas)
    {
        var z = canvas.Z;
        if (z < MathF.Min(from.Z - fromRadius, to.Z - toRadius) || z > MathF.Max(from.Z + fromRadius, to.Z + toRadius)) return;
        // Only the part of the limb within one radius of the slice can be cut by it.
        var radius = MathF.Max(fromRadius, toRadius);
        float start = 0, end = 1;
        var rise = to.Z - from.Z;
        if (MathF.Abs(rise) > 1e-3f)
        {
            float one = (z - radius - from.Z) / rise, two = (z + radius - from.Z) / rise;
            start = Math.Clamp(MathF.Min(one, two), 0, 1);
            end = Math.Clamp(MathF.Max(one, two), 0, 1);
        }

        Place a = Place.Between(from, to, start), b = Place.Between(from, to, end);
        canvas.Fill(
            new Cut(from, to, fromRadius, toRadius, z),
            MathF.Min(a.X, b.X) - radius, MathF.Max(a.X, b.X) + radius,
            MathF.Min(a.Y, b.Y) - radius, MathF.Max(a.Y, b.Y) + radius, Tissue, Over);
    }

    private readonly struct Cut(Place from, Place to, float fromRadius, float toRadius, float z) : IFlatShape
    {
        private readonly float _dx = to.X - from.X, _dy = to.Y - from.Y, _dz = to.Z - from.Z;
        private readonly float _inverse = 1 / MathF.Max(1e-6f, Square(to.X - from.X) + Square(to.Y - from.Y) + Square(to.Z - from.Z));

        public bool Contains(float x, float y)
        {
            float px = x - from.X, py = y - from.Y, pz = z - from.Z;
            var t = Math.Clamp((px * _dx + py * _dy + pz * _dz) * _inverse, 0, 1);
            var radius = fromRadius + (toRadius - fromRadius) * t;
            return Square(px - t * _dx) + Square(py - t * _dy) + Square(pz - t * _dz) < radius * radius;
        }

        private static float Square(float value) => value * value;
    }
}
