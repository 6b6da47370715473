namespace TriageWorker.Phantoms.Drawing;

/// <summary>Smooth random texture in space: a periodic lattice of random values, interpolated. Values lie in −1…1.</summary>
internal sealed class Lattice
{
    private const int Size = 32, Mask = Size - 1;
    private readonly float[] _values = new float[Size * Size * Size];

    public Lattice(Dice dice)
    {
        for (var i = 0; i < _values.Length; i++) _values[i] = dice.Uniform(-1, 1);
    }

    /// <summary>The texture at a place, measured in cells.</summary>
    public float At(float x, float y, float z)
    {
        var fx = MathF.Floor(x);
        var fy = MathF.Floor(y);
        var fz = MathF.Floor(z);
        x -= fx;
        y -= fy;
        z -= fz;
        int x0 = (int)fx & Mask, x1 = (x0 + 1) & Mask;
        int y0 = ((int)fy & Mask) * Size, y1 = (((int)fy + 1) & Mask) * Size;
        int z0 = ((int)fz & Mask) * Size * Size, z1 = (((int)fz + 1) & Mask) * Size * Size;
        var v = _values;
        var near = Mix(Mix(v[z0 + y0 + x0], v[z0 + y0 + x1], x), Mix(v[z0 + y1 + x0], v[z0 + y1 + x1], x), y);
        var far = Mix(Mix(v[z1 + y0 + x0], v[z1 + y0 + x1], x), Mix(v[z1 + y1 + x0], v[z1 + y1 + x1], x), y);
        return Mix(near, far, z);
    }

    private static float Mix(float a, float b, float t) => a + (b - a) * t;
}
