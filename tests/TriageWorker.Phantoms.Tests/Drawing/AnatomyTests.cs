namespace TriageWorker.Phantoms.Tests.Drawing;

public sealed class AnatomyTests
{
    public static TheoryData<int> Seeds => [1, 2, 3, 4];

    [Theory, MemberData(nameof(Seeds))]
    public void The_liver_lies_on_the_patients_right(int seed)
    {
        var study = Sample.Draw(seed);
        var (middle, y) = Sample.Middle(study);
        var liver = study.Attributes.LiverDensityHu;
        var top = study.Geometry.OriginZ + (study.Geometry.Slices - 1) * study.Geometry.SliceSpacing;
        var atLiver = Sample.Voxels(study).Where(v => v.Z > top - 130 && v.Z < top - 60 && Math.Abs(v.X - middle) is > 25 and < 110 && Math.Abs(v.Y - y) < 45).ToList();
        var (right, left) = (atLiver.Where(v => v.X < middle).ToList(), atLiver.Where(v => v.X > middle).ToList());
        right.Count(v => Math.Abs(v.Hu - liver) < 25).ShouldBeGreaterThan(left.Count(v => Math.Abs(v.Hu - liver) < 25) * 5 / 4);
        right.Select(v => (double)v.Hu).Order().ElementAt(right.Count / 2).ShouldBe(liver, 12); // the median voxel there is liver
    }

    [Theory, MemberData(nameof(Seeds))]
    public void The_spine_lies_behind_the_middle_and_bone_is_dense(int seed)
    {
        var study = Sample.Draw(seed);
        var (x, y) = Sample.Middle(study);
        var lumbar = Sample.Voxels(study).Where(v => v.Z is > -20 and < 60 && v.Hu > 400 && Math.Abs(v.X - x) < 35).ToList();
        lumbar.Count.ShouldBeGreaterThan(100);
        lumbar.Average(v => v.Y).ShouldBeGreaterThan(y + 20);
        Sample.Ml(study, lumbar.Count).ShouldBeLessThan(400);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void The_uppermost_slice_holds_two_lungs_and_the_lowest_none(int seed)
    {
        var study = Sample.Draw(seed);
        var (middle, y) = Sample.Middle(study);
        var g = study.Geometry;
        var top = g.OriginZ + (g.Slices - 1) * g.SliceSpacing;
        bool Inside(double x, double depth) => Math.Abs(x - middle) < 110 && Math.Abs(depth - y) < 75;
        var lung = Sample.Voxels(study).Where(v => v.Z > top - 1 && v.Hu is > -950 and < -600 && Inside(v.X, v.Y)).ToList();
        lung.Count(v => v.X < middle).ShouldBeGreaterThan(300);
        lung.Count(v => v.X > middle).ShouldBeGreaterThan(300);
        Sample.Voxels(study).Count(v => v.Z < g.OriginZ + 1 && v.Hu is > -950 and < -600 && Inside(v.X, v.Y)).ShouldBeLessThan(30);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void The_body_is_as_wide_as_it_says(int seed)
    {
        var study = Sample.Draw(seed);
        var g = study.Geometry;
        var top = g.OriginZ + (g.Slices - 1) * g.SliceSpacing;
        var (_, y) = Sample.Middle(study);
        var across = Sample.Voxels(study).Where(v => v.Z > top - 75 && v.Z < top - 45 && Math.Abs(v.Y - y) < 60 && v.Hu is > -200 and < 300).ToList();
        (across.Max(v => v.X) - across.Min(v => v.X)).ShouldBe(study.Attributes.BodyWidthMm, 0.035 * study.Attributes.BodyWidthMm);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Gas_lies_in_every_belly_and_air_around_every_body(int seed)
    {
        var study = Sample.Draw(seed);
        var (x, y) = Sample.Middle(study);
        var gas = Sample.Voxels(study).Count(v => v.Z is > -90 and < 90 && Math.Abs(v.X - x) < 100 && Math.Abs(v.Y - y) < 60 && v.Hu < -900);
        Sample.Ml(study, gas).ShouldBeGreaterThan(5);
        study.Attributes.FreeAirMl.ShouldBe(0);
        study.Hounsfield[0].ShouldBeLessThan((short)-900);
    }

    [Fact]
    public void Noise_differs_between_scanners()
    {
        double[] noise = [.. Enumerable.Range(0, 12).Select(seed => Deviation(Sample.Draw(seed)))];
        noise.Min().ShouldBeInRange(4, 12);
        noise.Max().ShouldBeInRange(12, 35);
    }

    // Half the mean square of the difference of neighbours: tissue cancels out of it, noise does not.
    private static double Deviation(PhantomStudy study)
    {
        var g = study.Geometry;
        double sum = 0;
        var count = 0;
        for (var i = 1; i < study.Hounsfield.Length; i++)
        {
            int one = study.Hounsfield[i - 1], two = study.Hounsfield[i];
            if (i % g.Columns == 0 || one is < -20 or > 130 || two is < -20 or > 130) continue;
            sum += (one - two) * (one - two);
            count++;
        }

        return Math.Sqrt(sum / count / 2);
    }
}
