namespace TriageWorker.Imaging.Geometry;

/// <summary>
/// Where voxels lie in the patient. Index (i, j, k) = (column, row, slice); <see cref="ToRas"/> gives millimetres: x grows to the
/// patient's right, y to the front, z to the head, as in NIfTI (RAS+). DICOM's own system is LPS: see <see cref="FromLps"/>.
/// </summary>
public sealed record VolumeGrid
{
    /// <exception cref="ArgumentException">A size below one, or axes that span no volume.</exception>
    public VolumeGrid(GridSize size, Affine toRas)
    {
        if (size.X < 1 || size.Y < 1 || size.Z < 1) throw new ArgumentException($"A grid of {size} holds no voxel.", nameof(size));
        if (!toRas.IsFinite) throw new ArgumentException("The grid's position is not a number.", nameof(toRas));
        var edges = toRas.X.Length * toRas.Y.Length * toRas.Z.Length;
        if (!(Math.Abs(toRas.Determinant) > 1e-6 * edges)) throw new ArgumentException("The grid's axes span no volume.", nameof(toRas));
        Size = size;
        ToRas = toRas;
    }

    public GridSize Size { get; }

    public Affine ToRas { get; }

    /// <summary>
    /// Where each slice lies along the third axis, in steps of the grid and rising from 0 to the last: what slices at uneven distances have
    /// instead of a step. Null when slice k lies at k.
    /// </summary>
    public IReadOnlyList<double>? SlicePlaces { get; private init; }

    /// <summary>Edge lengths of a voxel in millimetres.</summary>
    public Vector3d Spacing => new(ToRas.X.Length, ToRas.Y.Length, ToRas.Z.Length);

    /// <summary>From the patient coordinate system of PS3.3 C.7.6.2.1.1, whose x grows to the left and y to the back.</summary>
    public static VolumeGrid FromLps(GridSize size, Affine toLps) =>
        new(size, new Affine(Flip(toLps.X), Flip(toLps.Y), Flip(toLps.Z), Flip(toLps.Origin)));

    /// <summary>The same grid, with its slices at uneven distances between the first and the last.</summary>
    /// <exception cref="ArgumentException">Not one place for each slice, or they do not rise from 0 to the last.</exception>
    public VolumeGrid WithSlicesAt(IReadOnlyList<double> places)
    {
        if (places.Count != Size.Z || places[0] != 0 || places[^1] != Size.Z - 1 || places.Zip(places.Skip(1)).Any(pair => !(pair.Second > pair.First)))
            throw new ArgumentException($"{places.Count} places for {Size.Z} slices do not rise from 0 to the last.", nameof(places));
        return this with { SlicePlaces = places };
    }

    private static Vector3d Flip(Vector3d lps) => new(-lps.X, -lps.Y, lps.Z);
}
