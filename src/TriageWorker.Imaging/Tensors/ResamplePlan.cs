using TriageWorker.Imaging.Geometry;

namespace TriageWorker.Imaging.Tensors;

/// <summary>
/// Where each tensor voxel comes from: MONAI's Orientation → Spacing → SpatialPad → CenterSpatialCrop folded into one map from
/// tensor index to source index, with the block of the tensor that the image fills.
/// </summary>
internal sealed record ResamplePlan(GridSize Size, GridSize From, GridSize Until, Affine ToSource, Affine ToRas, AxisOrder Order, FieldOfView Field)
{
    /// <summary>Voxels by which a neighbour on another axis may move a sample before the axes count as dependent.</summary>
    private const double Independent = 2e-5;

    /// <summary>NumPy's absolute tolerance, with which MONAI decides that a corner of the image is the lowest one on all axes.</summary>
    private const double LowestCorner = 1e-8;

    /// <summary>MONAI's AFFINE_TOL: below it the image is not resampled at all.</summary>
    private const double Unchanged = 1e-3;

    /// <summary>Each tensor axis depends on one source axis, so that axes can be resampled one after the other.</summary>
    public bool IsSeparable => Enumerable.Range(0, 3).All(StaysOnItsAxis);

    /// <summary>As <see cref="IsSeparable"/>, but from plane to plane along the slices' axis columns and rows are shifted.</summary>
    public bool Leans => StaysOnItsAxis(AxisOf(0)) && StaysOnItsAxis(AxisOf(1));

    /// <summary>The tensor axis that runs along this axis of the source.</summary>
    public int AxisOf(int source) => Order[0] == source ? 0 : Order[1] == source ? 1 : 2;

    private bool StaysOnItsAxis(int axis)
    {
        var column = ToSource.Column(axis);
        return (Math.Abs(column.X) + Math.Abs(column.Y) + Math.Abs(column.Z) - Math.Abs(column[Order[axis]])) * Size[axis] < Independent;
    }

    public static ResamplePlan For(VolumeGrid source, TensorSpec spec)
    {
        var order = AxisOrder.Of(source.ToRas, spec.Axes);
        var size = order.Reorder(source.Size);
        var toSource = order.ToSource(source.Size);
        var image = source.ToRas.After(toSource);
        if (spec.Fit == TensorFit.Resize) return Stretched(image, size, spec.Size, toSource, order);
        var (resampled, shape) = Respace(image, size, spec);
        var toImage = image.Inverse().After(resampled);
        if (shape == size && IsUnchanged(image, resampled, toImage)) (resampled, toImage) = (image, Affine.Identity);

        var x = Frame(shape.X, spec.Size.X);
        var y = Frame(shape.Y, spec.Size.Y);
        var z = Frame(shape.Z, spec.Size.Z);
        var shift = Affine.Shift(new(x.Shift, y.Shift, z.Shift));
        var spacing = new Vector3d(resampled.X.Length, resampled.Y.Length, resampled.Z.Length);
        return new ResamplePlan(
            spec.Size,
            new(x.From, y.From, z.From),
            new(x.Until, y.Until, z.Until),
            toSource.After(toImage).After(shift),
            resampled.After(shift),
            order,
            new FieldOfView(
                new(shape.X * spacing.X, shape.Y * spacing.Y, shape.Z * spacing.Z),
                new(x.CutLow * spacing.X, y.CutLow * spacing.Y, z.CutLow * spacing.Z),
                new(x.CutHigh * spacing.X, y.CutHigh * spacing.Y, z.CutHigh * spacing.Z)));
    }

    /// <summary>The image's outer faces become the tensor's, axis by axis; nothing is padded or cut, and shear stays.</summary>
    private static ResamplePlan Stretched(Affine image, GridSize size, GridSize wanted, Affine toSource, AxisOrder order)
    {
        var zoom = new Vector3d((double)size.X / wanted.X, (double)size.Y / wanted.Y, (double)size.Z / wanted.Z);
        var toImage = Affine.Scale(zoom.X, zoom.Y, zoom.Z) with { Origin = new((zoom.X - 1) / 2, (zoom.Y - 1) / 2, (zoom.Z - 1) / 2) };
        var field = new FieldOfView(new(size.X * image.X.Length, size.Y * image.Y.Length, size.Z * image.Z.Length), default, default);
        return new ResamplePlan(wanted, default, wanted, toSource.After(toImage), image.After(toImage), order, field);
    }

    /// <summary>The grid of the wanted spacing that covers the image, without the image's shear, and its shape.</summary>
    private static (Affine Grid, GridSize Shape) Respace(Affine image, GridSize size, TensorSpec spec)
    {
        var rotation = image.Rotation();
        var grid = new Affine(
            rotation.X * Step(image.X.Length, spec.SpacingMm.X, spec.SpacingToleranceMm),
            rotation.Y * Step(image.Y.Length, spec.SpacingMm.Y, spec.SpacingToleranceMm),
            rotation.Z * Step(image.Z.Length, spec.SpacingMm.Z, spec.SpacingToleranceMm),
            default);
        var toGrid = grid.Inverse().After(image);
        Vector3d[] corners = [.. from x in Ends(size.X) from y in Ends(size.Y) from z in Ends(size.Z) select new Vector3d(x, y, z)];
        Vector3d[] reached = [.. corners.Select(toGrid.At)];
        var low = new Vector3d(reached.Min(c => c.X), reached.Min(c => c.Y), reached.Min(c => c.Z));
        var high = new Vector3d(reached.Max(c => c.X), reached.Max(c => c.Y), reached.Max(c => c.Z));
        var shape = new GridSize(Count(high.X - low.X), Count(high.Y - low.Y), Count(high.Z - low.Z));

        var first = Array.FindIndex(reached, c => (c - low) is var d && d.X <= LowestCorner && d.Y <= LowestCorner && d.Z <= LowestCorner);
        var origin = first >= 0
            ? image.At(corners[first])
            : image.At(new(size.X / 2.0, size.Y / 2.0, size.Z / 2.0)) - grid.Direction(new(shape.X / 2.0, shape.Y / 2.0, shape.Z / 2.0));
        return (grid with { Origin = origin }, shape);
    }

    private static double[] Ends(int voxels) => [0, voxels - 1];

    private static double Step(double own, double wanted, double tolerance) => Math.Abs(own - wanted) <= tolerance ? own : wanted;

    /// <summary>Half to even, as NumPy rounds: 12.5 voxels become 12.</summary>
    private static int Count(double extent) => (int)Math.Min(Math.Round(extent + 1, MidpointRounding.ToEven), 1 << 20);

    private static bool IsUnchanged(Affine image, Affine resampled, Affine toImage) =>
        IsClose(image, resampled) || IsClose(toImage, Affine.Identity);

    private static bool IsClose(Affine a, Affine b)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            if (!IsClose(a.Column(axis), b.Column(axis))) return false;
        }

        return IsClose(a.Origin, b.Origin);
    }

    private static bool IsClose(Vector3d a, Vector3d b)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            if (Math.Abs(a[axis] - b[axis]) > Unchanged + (1e-5 * Math.Abs(b[axis]))) return false;
        }

        return true;
    }

    /// <summary>SpatialPad (the smaller half before) then CenterSpatialCrop (start = n/2 − roi/2) on one axis.</summary>
    private static (int Shift, int From, int Until, int CutLow, int CutHigh) Frame(int image, int roi)
    {
        if (image <= roi)
        {
            var before = (roi - image) / 2;
            return (-before, before, before + image, 0, 0);
        }

        var start = (image / 2) - (roi / 2);
        return (start, 0, roi, start, image - roi - start);
    }
}
