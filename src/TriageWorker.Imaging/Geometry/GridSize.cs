namespace TriageWorker.Imaging.Geometry;

/// <summary>Voxels along each axis of a grid, in the axis order of the grid.</summary>
public readonly record struct GridSize(int X, int Y, int Z)
{
    public int this[int axis] => axis switch
    {
        0 => X,
        1 => Y,
        2 => Z,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    public long Voxels => (long)X * Y * Z;

    public override string ToString() => $"{X}×{Y}×{Z}";
}
