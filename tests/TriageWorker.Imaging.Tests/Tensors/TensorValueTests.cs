using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tests.Tensors;

public sealed class TensorValueTests
{
    /// <summary>Already at Merlin's spacing and orientation, so that voxels come through unchanged.</summary>
    private static VolumeGrid Aligned(int x, int y, int z) => new(new(x, y, z), Affine.Scale(1.5, 1.5, 3));

    private static ImageTensor Build(ISliceSource source, TensorSpec spec) => TensorBuilder.Build(source, spec, 0, TestContext.Current.CancellationToken);

    [Fact]
    public void Values_outside_the_range_are_held_at_its_ends_and_air_becomes_zero()
    {
        var volume = new Volume(Aligned(2, 2, 2), new short[] { -2000, -1000, 0, 1000, 3000, -500, 500, 32767 });

        var tensor = Build(volume, TensorSpec.Merlin with { Size = new(2, 2, 2) });

        float[] seen = [tensor[0, 0, 0], tensor[1, 0, 0], tensor[0, 1, 0], tensor[1, 1, 0], tensor[0, 0, 1], tensor[1, 0, 1], tensor[0, 1, 1], tensor[1, 1, 1]];
        seen.ShouldBe([0, 0, 0.5f, 1, 1, 0.25f, 0.75f, 1]);
    }

    [Fact]
    public void Without_clip_and_scale_Hounsfield_units_stay_what_they_are()
    {
        var hounsfield = TensorSpec.Merlin with { Size = new(2, 1, 1), Clip = false, HuMin = -1000, HuMax = 1000, OutMin = -1000, OutMax = 1000 };

        Build(new Volume(Aligned(2, 1, 1), new short[] { -3024, 2500 }), hounsfield).Values.ShouldBe([-3024f, 2500f]);
    }

    [Fact]
    public void The_smaller_half_of_the_padding_comes_first_and_holds_the_pad_value()
    {
        var volume = new Volume(Aligned(1, 1, 2), new short[] { 1000, 1000 });

        var tensor = Build(volume, TensorSpec.Merlin with { Size = new(2, 4, 5), PadValue = -1 });

        for (var x = 0; x < 2; x++)
        {
            for (var y = 0; y < 4; y++)
            {
                for (var z = 0; z < 5; z++) tensor[x, y, z].ShouldBe((x, y, z) is (0, 1, 1 or 2) ? 1 : -1, $"({x}, {y}, {z})");
            }
        }
    }

    [Fact]
    public void The_crop_is_central_and_says_how_many_millimetres_it_cut()
    {
        var stored = new short[9 * 8 * 3];
        stored[(1 * 9 * 8) + (4 * 9) + 4] = 1000; // slice 1, row 4, column 4

        var tensor = Build(new Volume(Aligned(9, 8, 3), stored), TensorSpec.Merlin with { Size = new(4, 4, 1) });

        tensor[2, 2, 0].ShouldBe(1); // 9/2 − 4/2 = 2, 8/2 − 4/2 = 2, 3/2 − 1/2 = 1
        tensor.Values.Count(v => v == 1).ShouldBe(1);
        tensor.Field.ShouldBe(new FieldOfView(new(13.5, 12, 9), new(3, 3, 3), new(4.5, 3, 3)));
        tensor.ToRas.Origin.ShouldBe(new Vector3d(3, 3, 3));
    }

    [Fact]
    public void Each_slice_is_rescaled_by_its_own_slope_and_intercept()
    {
        var volume = new Volume(Aligned(1, 1, 2), new short[] { 100, 100 }, [new Rescale(2, -1000), new Rescale(1, -600)]);

        Build(volume, TensorSpec.Merlin with { Size = new(1, 1, 2) }).Values.ShouldBe([0.1f, 0.25f], 1e-6);
    }

    [Fact]
    public void One_core_and_many_make_the_same_bits()
    {
        var volume = Fields.Noise(new VolumeGrid(new(131, 117, 40), new(new(-0.7, 0, 0), new(0, -0.7, 0), new(0, 0, 1.1), default)), 3);
        var spec = TensorSpec.Merlin with { Size = new(50, 60, 17) };
        var stop = TestContext.Current.CancellationToken;

        TensorBuilder.Build(volume, spec, 1, stop).Digest().ShouldBe(TensorBuilder.Build(volume, spec, 4, stop).Digest());
    }

    [Fact]
    public void A_specification_that_cannot_be_met_names_each_of_its_faults()
    {
        var spec = TensorSpec.Merlin with { Axes = "RAP", HuMax = -1000, Size = new(0, 1, 1) };

        var fault = Should.Throw<ArgumentException>(() => TensorBuilder.Build(Fields.Noise(Aligned(2, 2, 2), 1), spec)).Message;

        fault.ShouldContain("RAP");
        fault.ShouldContain("-1000 to -1000 HU");
        fault.ShouldContain("0×1×1");
    }

    [Fact]
    public async Task A_cancelled_build_stops()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        Should.Throw<OperationCanceledException>(() => TensorBuilder.Build(Fields.Noise(Aligned(8, 8, 8), 1), TensorSpec.Merlin, 0, stop.Token));
    }

    [Theory]
    [InlineData(0, 4, 4)]
    [InlineData(4, -1, 4)]
    public void A_grid_without_voxels_cannot_be_made(int x, int y, int z) =>
        Should.Throw<ArgumentException>(() => new VolumeGrid(new(x, y, z), Affine.Identity));

    [Fact]
    public void A_grid_whose_axes_lie_in_one_plane_cannot_be_made() =>
        Should.Throw<ArgumentException>(() => new VolumeGrid(new(4, 4, 4), Affine.Identity with { Z = new(1, 1, 0) }));
}
