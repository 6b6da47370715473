using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Series;

namespace TriageWorker.Imaging.Tests.Series;

public sealed class SeriesGeometryTests
{
    private static SeriesGeometry Known(IReadOnlyList<SliceHeader> slices) =>
        SeriesGeometry.Of(slices).ShouldBeOfType<Reading<SeriesGeometry>.Of>().Value;

    private static string Reason(IReadOnlyList<SliceHeader> slices) =>
        SeriesGeometry.Of(slices).ShouldBeOfType<Reading<SeriesGeometry>.Not>().Because;

    [Fact]
    public void Slices_are_ordered_along_their_normal_however_they_came()
    {
        var stack = Headers.Stack(20);
        var shuffled = (SliceHeader[])stack.Clone();
        new Random(5).Shuffle(shuffled);

        Known(shuffled).Slices.Select(s => s.SopUid).ShouldBe(stack.Select(s => s.SopUid));
    }

    [Fact]
    public void The_grid_leads_from_column_row_and_slice_to_RAS_millimetres()
    {
        var grid = Known(Headers.Stack(11, 2.5).Each(s => s with { PixelSpacing = (0.7, 0.9) })).Grid;

        grid.Size.ShouldBe(new GridSize(512, 512, 11));
        grid.ToRas.At(default).ShouldBe(new Vector3d(200, 180, -100));
        var corner = grid.ToRas.At(new(100, 10, 4)) - new Vector3d(200 - 90, 180 - 7, -90); // columns 0.9 mm, rows 0.7 mm
        corner.Length.ShouldBeLessThan(1e-9);
    }

    [Fact]
    public void Missing_slices_are_counted_and_named()
    {
        var stack = Headers.Stack(64);
        SliceHeader[] gapped = [.. stack.Where((_, k) => k is not (10 or 11 or 40))];

        Reason(gapped).ShouldBe("3 of 64 slices are missing at z = -90.0, -89.0, -60.0 mm");
    }

    [Fact]
    public void A_long_gap_names_the_first_places_only() =>
        Reason([.. Headers.Stack(30).Where((_, k) => k is < 5 or > 14)]).ShouldBe("10 of 30 slices are missing at z = -95.0, -94.0, -93.0, -92.0, -91.0, … mm");

    [Fact]
    public void Missing_slices_of_a_series_stored_upside_down_are_named_by_the_patients_z()
    {
        var upsideDown = Headers.Stack(10).Each(s => s with { ColumnDirection = new Vector3d(0, -1, 0) });

        Reason([.. upsideDown.Where((_, k) => k != 3)]).ShouldBe("1 of 10 slices is missing at z = -97.0 mm");
    }

    [Fact]
    public void Two_slices_at_one_place_are_no_volume() =>
        Reason([.. Headers.Stack(10), Headers.Slice(77, -95)]).ShouldBe("1 of 11 slices lie at the place of another slice");

    [Fact]
    public void Slices_all_at_one_place_are_no_volume() =>
        Reason(Headers.Stack(18, spacing: 0)).ShouldBe("all 18 slices lie at one place");

    [Fact]
    public void One_slice_is_no_volume() => Reason(Headers.Stack(1)).ShouldBe("a single slice is no volume");

    [Fact]
    public void Uneven_distances_are_named() =>
        Reason([.. Headers.Stack(10), Headers.Slice(10, -89.6)]).ShouldBe("the distance between slices is uneven (1 to 1.4 mm) and no slice thickness shows that nothing is missing");

    /// <summary>Slices of the thickness given, at these distances from each other.</summary>
    private static SliceHeader[] AtDistances(double? thickness, params double[] distances) =>
        [.. Enumerable.Range(0, distances.Length + 1).Select(k => Headers.Slice(k, -100 + distances.Take(k).Sum()) with { ThicknessMm = thickness })];

    [Fact]
    public void Slices_at_3_mm_and_then_at_5_mm_are_taken_where_they_stand_if_they_are_thick_enough()
    {
        var geometry = Known(AtDistances(5, 3, 3, 3, 3, 3, 4, 5, 5, 5));

        geometry.WidestMm.ShouldBe(5, 1e-9);
        geometry.SpacingMm.ShouldBe(34 / 9.0, 1e-9);
        geometry.Grid.SlicePlaces.ShouldNotBeNull()[6].ShouldBe(19 / (34 / 9.0), 1e-9);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(4.0)]
    public void What_no_slice_thickness_fills_may_be_missing(double? thickness) =>
        Reason(AtDistances(thickness, 3, 3, 3, 3, 3, 4, 5, 5, 5)).ShouldBe("the distance between slices is uneven (3 to 5 mm) and no slice thickness shows that nothing is missing");

    [Theory]
    [InlineData(5.0, "1 of 12 slices is missing at z = -87.5 mm")] // overlapping slices of 5 mm every 2.5 mm: the neighbours show the place, but a slice was lost
    [InlineData(null, "1 of 12 slices is missing at z = -87.5 mm")]
    public void One_wide_distance_is_a_lost_slice_however_thick_the_others_are(double? thickness, string reason) =>
        Reason(AtDistances(thickness, 2.5, 2.5, 2.5, 2.5, 5, 2.5, 2.5, 2.5, 2.5, 2.5)).ShouldBe(reason);

    [Fact]
    public void Every_second_slice_of_a_part_may_be_how_it_was_scanned_and_only_thickness_tells()
    {
        double[] distances = [3, 3, 3, 3, 3, 6, 6, 6];

        Known(AtDistances(6, distances)).WidestMm.ShouldBe(6, 1e-9);
        Reason(AtDistances(3, distances)).ShouldBe("3 of 12 slices are missing at z = -82.0, -76.0, -70.0 mm");
    }

    [Theory]
    [InlineData(0.09, true)] // within 0.1 mm of even places: rounding
    [InlineData(0.14, false)] // within a twentieth of the usual distance: taken where it stands
    public void One_slice_out_of_its_place_is_taken_as_even_or_where_it_stands(double shift, bool isEven)
    {
        var geometry = Known(Headers.Stack(20, 3).At(7, s => s with { Position = s.Position!.Value with { Z = s.Position.Value.Z + shift } }));

        (geometry.Grid.SlicePlaces is null).ShouldBe(isEven);
        geometry.Grid.SlicePlaces?[7].ShouldBe(7 + (shift / 3), 1e-9);
    }

    [Theory]
    [InlineData(0.16)]
    [InlineData(-0.16)]
    public void A_slice_out_of_its_place_by_more_than_a_twentieth_is_refused(double shift) =>
        Reason(Headers.Stack(20, 3).At(7, s => s with { Position = s.Position!.Value with { Z = s.Position.Value.Z + shift } }))
            .ShouldBe("the distance between slices is uneven (2.84 to 3.16 mm) and no slice thickness shows that nothing is missing");

    [Fact]
    public void A_drift_of_small_steps_is_not_smoothed_over()
    {
        // Each distance is within a twentieth of the usual one, and yet the middle slice lies 3.6 mm beside its even place.
        var geometry = Known(AtDistances(null, [.. Enumerable.Repeat(1.94, 60), 2.0, .. Enumerable.Repeat(2.06, 60)]));

        geometry.Grid.SlicePlaces.ShouldNotBeNull()[60].ShouldBe(60 * 1.94 / 2, 1e-6);
    }

    [Fact]
    public void Positions_with_one_decimal_are_even()
    {
        var rounded = Headers.Stack(100, 0.625).Each(s => s with { Position = s.Position!.Value with { Z = Math.Round(s.Position.Value.Z, 1) } });

        Known(rounded).Grid.SlicePlaces.ShouldBeNull();
    }

    [Fact]
    public void Directions_are_made_perpendicular_and_of_length_one_so_that_pixel_spacing_alone_tells_millimetres()
    {
        var rounded = Headers.Stack(10).Each(s => s with { RowDirection = new Vector3d(0.995, 0.1, 0), ColumnDirection = new Vector3d(-0.1, 0.995, 0.005) });

        var grid = Known(rounded).Grid;

        grid.Spacing.X.ShouldBe(0.8, 1e-12);
        grid.Spacing.Y.ShouldBe(0.8, 1e-12);
        grid.ToRas.X.Dot(grid.ToRas.Y).ShouldBe(0, 1e-12);
    }

    [Fact]
    public void Positions_rounded_to_hundredths_are_even()
    {
        var rounded = Headers.Stack(100, 0.625).Each(s => s with { Position = s.Position!.Value with { Z = Math.Round(s.Position.Value.Z, 2) } });

        Known(rounded).SpacingMm.ShouldBe(0.625, 1e-3);
    }

    [Theory]
    [InlineData("size", "slices disagree about the image size")]
    [InlineData("orientation", "slices disagree about the orientation")]
    [InlineData("spacing", "slices disagree about the pixel spacing")]
    [InlineData("no position", "1 of 10 slices have no usable position")]
    [InlineData("no orientation", "1 of 10 slices have no usable orientation")]
    [InlineData("zero spacing", "1 of 10 slices have no usable pixel spacing")]
    [InlineData("no size", "1 of 10 slices have no usable image size")]
    [InlineData("not a number", "1 of 10 slices have no usable position")]
    public void One_odd_slice_is_enough_to_say_so(string fault, string reason)
    {
        Reason(Headers.Stack(10).At(4, s => fault switch
        {
            "size" => s.With(p => p with { Rows = 256 }),
            "orientation" => s with { RowDirection = new Vector3d(0, 1, 0), ColumnDirection = new Vector3d(0, 0, -1) },
            "spacing" => s with { PixelSpacing = (0.8, 0.9) },
            "no position" => s with { Position = null },
            "no orientation" => s with { RowDirection = null },
            "zero spacing" => s with { PixelSpacing = (0, 0.8) },
            "no size" => s.With(p => p with { Columns = null }),
            _ => s with { Position = new Vector3d(double.NaN, 0, 0) },
        })).ShouldBe(reason);
    }

    [Fact]
    public void Directions_that_are_not_perpendicular_are_refused() =>
        Reason(Headers.Stack(10).Each(s => s with { ColumnDirection = new Vector3d(0.5, 0.86, 0) })).ShouldBe("the image orientation is not two perpendicular directions");

    [Fact]
    public void A_slice_shifted_sideways_is_refused() =>
        Reason(Headers.Stack(10).At(4, s => s with { Position = s.Position!.Value with { X = -197 } })).ShouldStartWith("slices are shifted sideways against each other by up to 3");

    [Fact]
    public void A_tilted_gantry_shears_the_grid_and_is_measured()
    {
        // The table moves along z; slices lean by 14 degrees.
        var lean = 14 * Math.PI / 180;
        var tilted = Headers.Stack(20, 3).Each(s => s with { ColumnDirection = new Vector3d(0, Math.Cos(lean), Math.Sin(lean)) });

        var geometry = Known(tilted);

        geometry.TiltDegrees.ShouldBe(14, 1e-6);
        geometry.SpacingMm.ShouldBe(3 * Math.Cos(lean), 1e-9);
        geometry.IsAxial.ShouldBeTrue();
        (geometry.Grid.ToRas.At(new(0, 0, 19)) - new Vector3d(200, 180, -43)).Length.ShouldBeLessThan(1e-9);
    }

    [Fact]
    public void Coronal_slices_are_not_axial()
    {
        var coronal = Headers.Stack(10).Each(s => s with { ColumnDirection = new Vector3d(0, 0, -1), Position = new Vector3d(-200, s.Position!.Value.Z, 100) });

        Known(coronal).IsAxial.ShouldBeFalse();
    }
}
