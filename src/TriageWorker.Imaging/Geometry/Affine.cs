namespace TriageWorker.Imaging.Geometry;

/// <summary>
/// A map from grid indices to places: <c>X·i + Y·j + Z·k + Origin</c>. The first three are the columns of the matrix.
/// Everything is in double precision, because sums over 500 voxels must still round to the right shape.
/// </summary>
public readonly record struct Affine(Vector3d X, Vector3d Y, Vector3d Z, Vector3d Origin)
{
    public static Affine Identity => Scale(1, 1, 1);

    public static Affine Scale(double x, double y, double z) => new(new(x, 0, 0), new(0, y, 0), new(0, 0, z), default);

    public static Affine Shift(Vector3d by) => Identity with { Origin = by };

    public bool IsFinite => X.IsFinite && Y.IsFinite && Z.IsFinite && Origin.IsFinite;

    public double Determinant => X.Dot(Y.Cross(Z));

    public Vector3d Column(int axis) => axis switch
    {
        0 => X,
        1 => Y,
        2 => Z,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    public Vector3d Direction(Vector3d index) => (X * index.X) + (Y * index.Y) + (Z * index.Z);

    public Vector3d At(Vector3d index) => Direction(index) + Origin;

    /// <summary>First <paramref name="inner"/>, then this.</summary>
    public Affine After(Affine inner) =>
        new(Direction(inner.X), Direction(inner.Y), Direction(inner.Z), At(inner.Origin));

    /// <exception cref="InvalidOperationException">The columns lie in one plane.</exception>
    public Affine Inverse()
    {
        var determinant = Determinant;
        if (determinant == 0 || !double.IsFinite(determinant)) throw new InvalidOperationException("The grid's axes lie in one plane.");
        var inverse = Transposed(Y.Cross(Z) * (1 / determinant), Z.Cross(X) * (1 / determinant), X.Cross(Y) * (1 / determinant));
        return inverse with { Origin = inverse.Direction(Origin) * -1 };
    }

    /// <summary>The columns made perpendicular and of length one, each keeping to the side of those before it: the rotation that is left when shear and zoom are taken out.</summary>
    public Affine Rotation()
    {
        var x = X * (1 / X.Length);
        var y = Y - (x * x.Dot(Y));
        y *= 1 / y.Length;
        var z = Z - (x * x.Dot(Z)) - (y * y.Dot(Z));
        z *= 1 / z.Length;
        return new Affine(x, y, z, default);
    }

    private static Affine Transposed(Vector3d a, Vector3d b, Vector3d c) =>
        new(new(a.X, b.X, c.X), new(a.Y, b.Y, c.Y), new(a.Z, b.Z, c.Z), default);

    internal Affine Transpose() => Transposed(X, Y, Z);
}
