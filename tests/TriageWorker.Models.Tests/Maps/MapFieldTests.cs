using TriageWorker.Imaging.Geometry;
using TriageWorker.Models.Maps;
using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Tests.Maps;

public sealed class MapFieldTests
{
    internal static readonly ScoreLabel Label = new("A", "A", new LabelCode("A", "99TRIAGE", "A"));

    [Fact]
    public void At_the_middle_of_a_cell_stands_the_cells_own_value()
    {
        var map = Random(new(3, 4, 5), seed: 1);
        var field = new MapField(map, new(24, 32, 30)); // cells of 8 × 8 × 6 voxels
        for (var x = 0; x < 3; x++)
            for (var y = 0; y < 4; y++)
                for (var z = 0; z < 5; z++)
                    field.At(new((8 * x) + 3.5, (8 * y) + 3.5, (6 * z) + 2.5)).ShouldBe(map[x, y, z], 1e-6);
    }

    [Fact]
    public void Between_two_middles_the_map_runs_straight_and_beyond_the_last_it_stays()
    {
        var field = new MapField(new ActivationMap(Label, new(2, 1, 1), new float[] { 1, 5 }, 0), new(16, 4, 4));
        field.At(new(3.5, 0, 0)).ShouldBe(1);
        field.At(new(7.5, 3, 2)).ShouldBe(3);
        field.At(new(9.5, 0, 0)).ShouldBe(4);
        field.At(new(15, 0, 0)).ShouldBe(5);
        field.At(new(0, 0, 0)).ShouldBe(1);
        field.ToVoxels()[^1].ShouldBe(5);
    }

    [Theory]
    [InlineData(1, 0, 0, 0, 24, 20, 18)]
    [InlineData(2, 3, 2, 1, 21, 19, 17)]
    [InlineData(3, 9, 8, 7, 12, 10, 9)] // smaller than a cell
    [InlineData(4, 5, 0, 17, 24, 20, 18)]
    public void The_strongest_place_of_a_box_is_at_least_as_strong_as_every_voxel_of_it_and_lies_within(int seed, int x0, int y0, int z0, int x1, int y1, int z1)
    {
        var field = new MapField(Random(new(3, 4, 3), seed), new(24, 20, 18));
        var (voxel, value) = field.StrongestIn(new(x0, y0, z0), new(x1, y1, z1));
        voxel.X.ShouldBeInRange(x0, x1 - 1);
        voxel.Y.ShouldBeInRange(y0, y1 - 1);
        voxel.Z.ShouldBeInRange(z0, z1 - 1);
        field.At(voxel).ShouldBe(value);
        var (largest, all) = (double.NegativeInfinity, field.ToVoxels());
        for (var x = x0; x < x1; x++)
            for (var y = y0; y < y1; y++)
                for (var z = z0; z < z1; z++) largest = Math.Max(largest, all[(((x * 20) + y) * 18) + z]);
        value.ShouldBeGreaterThanOrEqualTo(largest - 1e-6);
        value.ShouldBeLessThan(largest + 0.5); // a voxel is never farther than half of one from it
    }

    [Fact]
    public void The_strongest_place_of_a_whole_tensor_is_the_middle_of_the_strongest_cell()
    {
        var values = new float[2 * 3 * 4];
        values[(((3 * 2) + 1) * 3) + 2] = 1; // z = 3, x = 1, y = 2
        var field = new MapField(new ActivationMap(Label, new(2, 3, 4), values, 0), new(20, 30, 40));
        field.StrongestIn(default, new(20, 30, 40)).ShouldBe((new Vector3d(14.5, 24.5, 34.5), 1));
    }

    internal static ActivationMap Random(GridSize cells, int seed)
    {
        var random = new Random(seed);
        return new ActivationMap(Label, cells, Enumerable.Range(0, (int)cells.Voxels).Select(_ => random.NextSingle()).ToArray(), 0);
    }
}
