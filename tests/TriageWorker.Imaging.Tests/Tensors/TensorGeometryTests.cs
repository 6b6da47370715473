using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Imaging.Tests.Formats;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tests.Tensors;

public sealed class TensorGeometryTests
{
    private static readonly TensorSpec Small = TensorSpec.Merlin with { Size = new(40, 44, 20), Clip = false };

    public static TheoryData<string, VolumeGrid> Grids => new()
    {
        { "axis-aligned", new VolumeGrid(new(61, 47, 33), new(new(-0.8, 0, 0), new(0, -0.9, 0), new(0, 0, 1.25), new(24, 20, -20))) },
        { "turned in the plane", new VolumeGrid(new(50, 55, 22), new(new(-0.9, 0.2, 0), new(-0.2, -0.9, 0), new(0, 0, 2.2), new(26, 18, -22))) },
        { "gantry tilt of 15 degrees", new VolumeGrid(new(60, 60, 24), new(new(-0.8, 0, 0), new(0, -0.8, 0), new(0, 0.67, 2.5), new(24, 15, -30))) },
        { "stored sagittally", new VolumeGrid(new(50, 40, 60), new(new(0, -0.9, 0), new(0, 0, -1.1), new(0.8, 0, 0), new(-24, 22, 22))) },
        { "stored coronally from the front", new VolumeGrid(new(60, 30, 50), new(new(-0.8, 0, 0), new(0, 0, -1.5), new(0, -1, 0), new(24, 25, 22))) },
        { "left-handed and sheared both ways", new VolumeGrid(new(44, 41, 30), new(new(1, 0.1, 0), new(0.15, 1.1, -0.1), new(0.2, 0, 1.7), new(-24, -24, -24))) },
    };

    [Theory]
    [MemberData(nameof(Grids))]
    public void Each_voxel_shows_the_place_that_the_tensors_own_affine_names(string kind, VolumeGrid grid)
    {
        var tensor = TensorBuilder.Build(Fields.Of(grid, Fields.Linear), Small, 0, TestContext.Current.CancellationToken);

        var toVoxel = grid.ToRas.Inverse();
        var (compared, largest) = (0, 0.0);
        for (var x = 0; x < tensor.Size.X; x++)
        {
            for (var y = 0; y < tensor.Size.Y; y++)
            {
                for (var z = 0; z < tensor.Size.Z; z++)
                {
                    var place = tensor.ToRas.At(new(x, y, z));
                    var voxel = toVoxel.At(place);
                    if (!Inside(voxel.X, grid.Size.X) || !Inside(voxel.Y, grid.Size.Y) || !Inside(voxel.Z, grid.Size.Z)) continue;
                    compared++;
                    largest = Math.Max(largest, Math.Abs(tensor[x, y, z] - ((Fields.Linear(place) + 1000) / 2000)));
                }
            }
        }

        compared.ShouldBeGreaterThan(8000, kind);
        largest.ShouldBeLessThan(2e-5, kind); // half a stored step of 0.05 HU is 1.25e-5
    }

    [Theory]
    [MemberData(nameof(Grids))]
    public void The_tensors_axes_run_right_to_left_back_to_front_and_upwards(string kind, VolumeGrid grid)
    {
        var affine = TensorBuilder.Build(Fields.Noise(grid, 1), Small, 0, TestContext.Current.CancellationToken).ToRas;

        affine.X.X.ShouldBeGreaterThan(Math.Abs(affine.X.Y) + Math.Abs(affine.X.Z), kind);
        affine.Y.Y.ShouldBeGreaterThan(Math.Abs(affine.Y.X) + Math.Abs(affine.Y.Z), kind);
        affine.Z.Z.ShouldBeGreaterThan(Math.Abs(affine.Z.X) + Math.Abs(affine.Z.Y), kind);
    }

    [Theory]
    [InlineData("RAS", 0.0)]
    [InlineData("RAS", 0.6)]
    [InlineData("SPL", 0.0)]
    [InlineData("ARS", 0.0)]
    public void All_ways_that_can_make_a_tensor_make_the_same(string axes, double lean)
    {
        var volume = Fields.Noise(new VolumeGrid(new(70, 65, 31), new(new(-0.83, 0, 0), new(0, 0.91, 0), new(0, lean, -1.3), new(28, -30, 20))), 7);
        var spec = Small with { Axes = axes };
        var plan = ResamplePlan.For(volume.Grid, spec);
        plan.IsSeparable.ShouldBe(lean == 0);
        plan.Leans.ShouldBeTrue();
        float[] By(Action<TensorWork> way)
        {
            var values = new float[spec.Size.Voxels];
            way(new TensorWork(volume, spec, plan, values, new Cores(0, TestContext.Current.CancellationToken)));
            return values;
        }

        var byVoxels = By(TensorByVoxels.Make);

        Differences.Largest(By(TensorByPlanes.Make), byVoxels).ShouldBeLessThan(2e-6f);
        if (lean == 0) Differences.Largest(By(TensorByAxes.Make), byVoxels).ShouldBeLessThan(2e-6f);
    }

    [Fact]
    public void How_a_volume_was_stored_does_not_change_the_tensor()
    {
        var upright = new VolumeGrid(new(40, 36, 30), new(new(-1, 0, 0), new(0, -1.2, 0), new(0, 0, 2), new(20, 20, -30)));
        var turned = new VolumeGrid(new(30, 40, 36), new(new(0, 0, -2), new(-1, 0, 0), new(0, 1.2, 0), new(20, -22, 28)));
        double Bump(Vector3d p) => 500 * Math.Sin(p.X / 4) * Math.Cos((p.Y / 5) + (p.Z / 7));

        var stop = TestContext.Current.CancellationToken;
        var one = TensorBuilder.Build(Fields.Of(upright, Bump), Small, 0, stop);
        var other = TensorBuilder.Build(Fields.Of(turned, Bump), Small, 0, stop);

        Differences.Largest(one.Values, other.Values).ShouldBeLessThan(1e-6f);
    }

    private static bool Inside(double voxel, int count) => voxel >= 0 && voxel <= count - 1;
}
