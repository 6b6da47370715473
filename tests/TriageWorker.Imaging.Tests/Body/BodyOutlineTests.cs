using TriageWorker.Imaging.Body;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tests.Body;

/// <summary>How much of a body a tensor leaves out, for a block of 200 × 160 × 120 mm in air.</summary>
public sealed class BodyOutlineTests
{
    private const int Pixels = 80, Slices = 40; // of 4 mm, slices 3 mm apart

    [Fact]
    public void A_field_that_holds_the_whole_body_leaves_nothing_out() => ShareOutside(Field(60, 60, 40)).ShouldBe(0);

    [Fact]
    public void A_field_half_as_wide_as_the_body_leaves_half_of_it_out() => ShareOutside(Field(25, 60, 40)).ShouldBe(0.5, 0.03);

    [Fact]
    public void A_field_half_as_long_leaves_half_of_it_out() => ShareOutside(Field(60, 60, 20)).ShouldBe(0.5, 0.03);

    [Fact]
    public void A_patient_beside_the_middle_loses_that_side() => ShareOutside(Field(50, 60, 40), asideMm: 40).ShouldBe(0.2, 0.03);

    [Fact]
    public void Slices_that_were_not_looked_at_count_by_those_that_were() => ShareOutside(Field(60, 60, 60), spacingMm: 1, slices: 360).ShouldBe(0.5, 0.03);

    [Fact]
    public void The_last_slice_looked_at_stands_for_those_that_are_left()
    {
        var tensor = new ImageTensor(new float[300], new(10, 10, 3), Affine.Identity, new(default, default, default));

        new BodyOutline(new VolumeGrid(new(10, 10, 5), Affine.Identity), every: 3, [[0], [0]]).ShareOutside(tensor).ShouldBe(0.4); // of five, the fourth and fifth
    }

    [Fact]
    public void Where_nobody_is_nothing_is_left_out() =>
        Profile(new Volume(Grid(3), new short[Pixels * Pixels * Slices], [.. Enumerable.Repeat(new Rescale(1, -1000), Slices)]), 3).Outline
            .ShareOutside(TensorBuilder.Build(new Volume(Grid(3), new short[Pixels * Pixels * Slices]), Field(10, 10, 10), 1, TestContext.Current.CancellationToken)).ShouldBe(0);

    private static TensorSpec Field(int x, int y, int z) => TensorSpec.Merlin with { SpacingMm = new(4, 4, 3), Size = new(x, y, z) };

    private static double ShareOutside(TensorSpec field, double asideMm = 0, double spacingMm = 3, int slices = Slices)
    {
        var grid = Grid(spacingMm, slices);
        var values = new short[grid.Size.Voxels];
        for (var n = 0; n < values.Length; n++)
        {
            var (x, y) = (((n % Pixels) - (Pixels / 2)) * 4 - asideMm, ((n / Pixels % Pixels) - (Pixels / 2)) * 4);
            values[n] = (short)(x is >= -100 and < 100 && y is >= -80 and < 80 ? 40 : -1000);
        }

        var volume = new Volume(grid, values);
        return Profile(volume, spacingMm).Outline.ShareOutside(TensorBuilder.Build(volume, field, 1, TestContext.Current.CancellationToken));
    }

    private static BodyProfile Profile(Volume volume, double spacingMm) => BodyProfile.Of(volume, spacingMm, 1, TestContext.Current.CancellationToken);

    private static VolumeGrid Grid(double spacingMm, int slices = Slices) => new(new(Pixels, Pixels, slices), Affine.Scale(4, 4, spacingMm));
}
