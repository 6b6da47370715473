namespace TriageWorker.Imaging.Geometry;

/// <summary>Three doubles: a place or a direction in millimetres, or a place on a grid in voxels.</summary>
public readonly record struct Vector3d(double X, double Y, double Z)
{
    public double this[int axis] => axis switch
    {
        0 => X,
        1 => Y,
        2 => Z,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    public double Length => Math.Sqrt(Dot(this));

    public bool IsFinite => double.IsFinite(X) && double.IsFinite(Y) && double.IsFinite(Z);

    public static Vector3d Unit(int axis) => new(axis == 0 ? 1 : 0, axis == 1 ? 1 : 0, axis == 2 ? 1 : 0);

    public double Dot(Vector3d other) => (X * other.X) + (Y * other.Y) + (Z * other.Z);

    public Vector3d Cross(Vector3d other) =>
        new((Y * other.Z) - (Z * other.Y), (Z * other.X) - (X * other.Z), (X * other.Y) - (Y * other.X));

    public static Vector3d operator +(Vector3d a, Vector3d b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static Vector3d operator -(Vector3d a, Vector3d b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static Vector3d operator *(Vector3d a, double scale) => new(a.X * scale, a.Y * scale, a.Z * scale);

    public static Vector3d Add(Vector3d left, Vector3d right) => left + right;

    public static Vector3d Subtract(Vector3d left, Vector3d right) => left - right;

    public static Vector3d Multiply(Vector3d left, double right) => left * right;
}
