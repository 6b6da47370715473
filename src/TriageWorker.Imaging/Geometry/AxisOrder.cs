namespace TriageWorker.Imaging.Geometry;

/// <summary>
/// Which axis of a grid runs closest to each axis of a code such as "RAS" (right to left-hand side named by where the index grows to),
/// and whether it must be flipped. Permutes and flips only: an oblique grid stays oblique.
/// </summary>
public sealed class AxisOrder
{
    private const string Codes = "RLAPSI";
    private readonly int[] _source; // wanted axis -> axis of the grid
    private readonly bool[] _flipped;

    private AxisOrder(int[] source, bool[] flipped) => (_source, _flipped) = (source, flipped);

    /// <summary>The axis of the grid that becomes this axis of the reordered one.</summary>
    public int this[int axis] => _source[axis];

    /// <exception cref="ArgumentException">The code does not name each of R/L, A/P and S/I once.</exception>
    public static AxisOrder Of(Affine toRas, string code)
    {
        var (world, positive) = Parse(code);
        var (worldOf, grows) = ClosestAxes(toRas);
        var source = new int[3];
        var flipped = new bool[3];
        for (var axis = 0; axis < 3; axis++)
        {
            source[axis] = Array.IndexOf(worldOf, world[axis]);
            flipped[axis] = grows[source[axis]] != positive[axis];
        }

        return new AxisOrder(source, flipped);
    }

    public GridSize Reorder(GridSize size) => new(size[_source[0]], size[_source[1]], size[_source[2]]);

    /// <summary>Maps an index of the reordered grid to the index of the grid it came from.</summary>
    public Affine ToSource(GridSize size)
    {
        var origin = default(Vector3d);
        Span<Vector3d> columns = stackalloc Vector3d[3];
        for (var axis = 0; axis < 3; axis++)
        {
            var unit = Vector3d.Unit(_source[axis]);
            columns[axis] = unit * (_flipped[axis] ? -1 : 1);
            if (_flipped[axis]) origin += unit * (size[_source[axis]] - 1);
        }

        return new Affine(columns[0], columns[1], columns[2], origin);
    }

    public static bool IsCode(string code) =>
        code.Length == 3 && code.All(c => Codes.Contains(c, StringComparison.Ordinal)) && code.Select(c => Codes.IndexOf(c, StringComparison.Ordinal) / 2).Distinct().Count() == 3;

    private static (int[] World, bool[] Positive) Parse(string code)
    {
        if (!IsCode(code)) throw new ArgumentException($"\"{code}\" does not name each of R/L, A/P and S/I once.", nameof(code));
        var world = code.Select(c => Codes.IndexOf(c, StringComparison.Ordinal)).ToArray();
        return ([.. world.Select(w => w / 2)], [.. world.Select(w => w % 2 == 0)]);
    }

    /// <summary>The assignment of nibabel's io_orientation: closest rotation first, then the largest component of each column in turn.</summary>
    private static (int[] World, bool[] Grows) ClosestAxes(Affine toRas)
    {
        var rotation = NearestRotation(toRas);
        var world = new int[3];
        var grows = new bool[3];
        var free = new[] { true, true, true };
        for (var axis = 0; axis < 3; axis++)
        {
            var column = rotation.Column(axis);
            var best = -1;
            for (var candidate = 0; candidate < 3; candidate++)
            {
                if (free[candidate] && (best < 0 || Math.Abs(column[candidate]) > Math.Abs(column[best]))) best = candidate;
            }

            free[best] = false;
            world[axis] = best;
            grows[axis] = column[best] > 0;
        }

        return (world, grows);
    }

    /// <summary>The orthogonal factor of the polar decomposition (what an SVD gives as U·Vᵀ), by Newton's iteration.</summary>
    private static Affine NearestRotation(Affine toRas)
    {
        var x = new Affine(Normal(toRas.X), Normal(toRas.Y), Normal(toRas.Z), default);
        for (var step = 0; step < 50; step++)
        {
            var other = x.Inverse().Transpose();
            var next = new Affine((x.X + other.X) * 0.5, (x.Y + other.Y) * 0.5, (x.Z + other.Z) * 0.5, default);
            var change = (next.X - x.X).Length + (next.Y - x.Y).Length + (next.Z - x.Z).Length;
            x = next;
            if (change < 1e-14) break;
        }

        return x;
    }

    private static Vector3d Normal(Vector3d v) => v * (1 / v.Length);
}
