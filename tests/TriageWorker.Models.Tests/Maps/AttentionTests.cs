using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Maps;

namespace TriageWorker.Models.Tests.Maps;

public sealed class AttentionTests
{
    /// <summary>40 × 40 × 40 mm cells of 8 × 8 × 10 voxels; the tensor shows 320 × 240 × 320 mm.</summary>
    private static readonly TensorSpec s_spec = TensorSpec.Merlin with { SpacingMm = new(5, 5, 4), Size = new(64, 48, 80) };

    private static readonly GridSize s_cells = new(8, 6, 8);

    private static readonly Vector3d s_cellMm = new(40, 40, 40);

    public static TheoryData<string> Series => [.. s_series.Keys];

    private static readonly Dictionary<string, SliceStack> s_series = new(StringComparer.Ordinal)
    {
        ["axial, from the feet"] = new(120, 110, 100, new(-120, -100, -300)),
        ["axial, from the head"] = new(120, 110, 100, new(-120, -100, 100)) { Way = k => new(0, 0, -2.5 * k) },
        ["rows and columns reversed"] = new(120, 110, 100, new(120, 100, -300)) { Along = new(-1, 0, 0), Down = new(0, -1, 0) },
        ["stored sagittally"] = new(110, 110, 100, new(-110, -110, 120)) { Along = new(0, 1, 0), Down = new(0, 0, -1), Way = k => new(2.5 * k, 0, 0) },
        ["oblique, turned by 20 degrees"] = new(120, 110, 100, new(-120, -70, -140)) { Down = new(0, Math.Cos(0.35), Math.Sin(0.35)), Way = k => new(0, -Math.Sin(0.35) * 2.5 * k, Math.Cos(0.35) * 2.5 * k) },
        ["gantry tilted by 15 degrees"] = new(120, 110, 100, new(-120, -130, -300)) { Way = k => new(0, 0.67 * k, 2.5 * k) },
        ["cropped on all sides"] = new(200, 190, 240, new(-220, -180, -400)) { Way = k => new(0, 0, 2.5 * k) },
        ["padded on all sides"] = new(60, 60, 40, new(-60, -50, -60)) { Way = k => new(0, 0, 2.5 * k) },
        ["3 mm, then 5 mm"] = new(120, 110, 70, new(-120, -100, -200)) { Way = k => new(0, 0, (3 * Math.Min(k, 35)) + (5 * Math.Max(0, k - 35))) },
        ["frames of one image"] = new(120, 110, 100, new(-120, -100, -300)) { MultiFrame = true },
    };

    [Theory, MemberData(nameof(Series))]
    public void A_map_that_sees_a_ball_leads_to_its_place_and_its_slice(string name)
    {
        var stack = s_series[name];
        // Somewhere off the middle, as the headers alone say it.
        foreach (var (column, row, slice) in new[] { (0.3, 0.4, 0.3), (0.6, 0.5, 0.62), (0.45, 0.65, 0.5) })
        {
            var ball = stack.PlaceOf(column * stack.Columns, row * stack.Rows, (int)(slice * stack.Slices));
            var tensor = TensorBuilder.Build(stack.Ball(ball, 14), s_spec, 1, TestContext.Current.CancellationToken);
            var attention = Attention.Of(Seen(tensor), tensor, stack.Geometry).ShouldNotBeNull();

            // Within the cell: half of its edge, and what of the ball may reach over into it, along each of the tensor's axes.
            var away = attention.Place - ball;
            var lps = new Vector3d(-away.X, -away.Y, away.Z);
            for (var axis = 0; axis < 3; axis++)
            {
                var unit = tensor.ToRas.Column(axis) * (1 / tensor.ToRas.Column(axis).Length);
                Math.Abs(lps.Dot(unit)).ShouldBeLessThan((s_cellMm[axis] / 2) + 14, $"{name}, axis {axis}");
            }

            // The slice is the one whose plane is nearest to the place, found here from the headers alone.
            var normal = stack.Along.Cross(stack.Down);
            var nearest = stack.Headers.Select((header, k) => (Header: header, Off: Math.Abs((attention.Place - header.Position!.Value).Dot(normal)))).MinBy(pair => pair.Off);
            attention.SopUid.ShouldBe(nearest.Header.SopUid, name);
            attention.Frame.ShouldBe(nearest.Header.Pixels.Frame + 1);
            attention.Slices.ShouldBe(stack.Slices);
            stack.Geometry.Slices[attention.Slice - 1].Position.ShouldBe(nearest.Header.Position);
            nearest.Off.ShouldBeLessThan(2.6, name);
        }
    }

    [Fact]
    public void The_middle_of_a_cell_lies_where_arithmetic_by_hand_says()
    {
        // 119 steps of 2 mm in the plane are 47.6 of 5 mm: 48.6, so 49 voxels. 100 steps of 2.5 mm are 62.5 of 4 mm: 63.5, to the even one 64.
        var stack = new SliceStack(120, 120, 101, new(-119, -119, -125));
        var tensor = TensorBuilder.Build(stack.Ball(default, 5), s_spec, 1, TestContext.Current.CancellationToken);
        var attention = Attention.Of(Hot(new(3, 4, 5)), tensor, stack.Geometry).ShouldNotBeNull();

        // x grows to the right, from the leftmost column at 119 mm; of 64 voxels 15 are padding, 7 of them before. The cell's middle is voxel 27.5.
        attention.Place.X.ShouldBe(119 - ((27.5 - 7) * 5), 1e-6);
        // y grows to the front, from the row at 119 mm; of 49 voxels the last is cut. The middle is voxel 35.5.
        attention.Place.Y.ShouldBe(119 - (35.5 * 5), 1e-6);
        // z: of 80 voxels 16 are padding, 8 of them before. The middle is voxel 54.5.
        attention.Place.Z.ShouldBe(-125 + ((54.5 - 8) * 4), 1e-6);
        attention.SliceZ.ShouldBe(60, 1e-6); // 61 mm is nearer to 60 (slice 75) than to 62.5
        (attention.Slice, attention.SopUid, attention.Frame).ShouldBe((75, SliceStack.SopOf(74), null));
    }

    [Fact]
    public void Attention_to_what_is_padded_is_told_of_the_images_nearest_voxel()
    {
        var stack = s_series["padded on all sides"];
        var tensor = TensorBuilder.Build(stack.Ball(default, 5), s_spec, 1, TestContext.Current.CancellationToken);
        tensor.FilledFrom.Z.ShouldBeGreaterThan(10); // the lowest cells show nothing but padding
        var attention = Attention.Of(Hot(new(0, 0, 0)), tensor, stack.Geometry);
        // Nothing of that cell reaches into the image: there the map is flat at its least, and any place in it is as good.
        attention.ShouldNotBeNull().Strength.ShouldBe(0);

        var values = MapFieldTests.Random(s_cells, 9).Values.ToArray();
        values[0] = 50; // far stronger than all, and its slope reaches the next cells
        attention = Attention.Of(new ActivationMap(MapFieldTests.Label, s_cells, values, 0), tensor, stack.Geometry).ShouldNotBeNull();
        var place = attention.Place;
        place.X.ShouldBeInRange(-60, 60);
        place.Y.ShouldBeInRange(-50, 70);
        place.Z.ShouldBeInRange(-60, 38);
    }

    [Fact]
    public void A_flat_map_draws_attention_to_nothing()
    {
        var stack = s_series["axial, from the feet"];
        var tensor = TensorBuilder.Build(stack.Ball(default, 5), s_spec, 1, TestContext.Current.CancellationToken);
        Attention.Of(new ActivationMap(MapFieldTests.Label, s_cells, new float[s_cells.Voxels], 0.4), tensor, stack.Geometry).ShouldBeNull();
    }

    private static ActivationMap Hot(GridSize cell)
    {
        var values = new float[s_cells.Voxels];
        values[(((cell.Z * s_cells.X) + cell.X) * s_cells.Y) + cell.Y] = 1;
        return new ActivationMap(MapFieldTests.Label, s_cells, values, 0);
    }

    /// <summary>What a network sees that looks at each cell by itself and finds what is bright: the mean of its voxels.</summary>
    private static ActivationMap Seen(ImageTensor tensor)
    {
        var values = new float[s_cells.Voxels];
        var (x, y, z) = (tensor.Size.X / s_cells.X, tensor.Size.Y / s_cells.Y, tensor.Size.Z / s_cells.Z);
        for (var i = 0; i < tensor.Size.X; i++)
            for (var j = 0; j < tensor.Size.Y; j++)
                for (var k = 0; k < tensor.Size.Z; k++) values[((((k / z) * s_cells.X) + (i / x)) * s_cells.Y) + (j / y)] += tensor[i, j, k] / (x * y * z);
        return new ActivationMap(MapFieldTests.Label, s_cells, values, 0);
    }
}
