namespace TriageWorker.Phantoms.Tests.Findings;

public sealed class FindingTests
{
    public static TheoryData<int> Seeds => [1, 2, 3, 4];

    [Theory, MemberData(nameof(Seeds))]
    public void Free_air_lies_in_front_and_is_as_much_as_it_says(int seed)
    {
        var healthy = Sample.Draw(seed);
        var ill = Sample.Draw(seed, PhantomFindings.FreeAir, severity: 0.6);
        var (_, y) = Sample.Middle(healthy);
        var changed = Changed(healthy, ill);
        changed.ShouldNotBeEmpty();
        changed.Count(v => v.Y < y).ShouldBe(changed.Count);
        var air = changed.Where(v => v.Hu < -700).ToList();
        ill.Attributes.FreeAirMl.ShouldBe(137, 41); // 15 ml · 40^0.6
        Sample.Ml(ill, air.Count).ShouldBe(ill.Attributes.FreeAirMl, 0.2 * ill.Attributes.FreeAirMl);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void An_effusion_takes_lung_from_behind_and_nothing_else(int seed)
    {
        var healthy = Sample.Draw(seed);
        var ill = Sample.Draw(seed, PhantomFindings.PleuralEffusion, severity: 0.4);
        ill.Attributes.EffusionMl.ShouldBeInRange(150, 300); // 60 ml · 25^0.4 = 217; the field cuts the chest, so less or more is in it
        var fluid = Changed(healthy, ill).Where(v => v.Hu > -300).ToList();
        var (_, y) = Sample.Middle(healthy);
        var top = ill.Geometry.OriginZ + ill.Geometry.SliceSpacing * (ill.Geometry.Slices - 1);
        var spared = Sample.Voxels(ill).Where(v => v.Z > top - 25 && v.Hu is > -930 and < -600 && Math.Abs(v.Y - y) < 75 && Math.Abs(v.X) < 120);
        fluid.Where(v => v.Z > top - 25).Average(v => v.Y).ShouldBeGreaterThan(spared.Average(v => v.Y) + 15);
        fluid.Count(v => healthy.Hounsfield[v.Index] < -400).ShouldBeGreaterThan(fluid.Count * 9 / 10);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Ascites_takes_the_place_of_fat_inside_the_belly_and_leaves_bone_and_chest_alone(int seed)
    {
        var healthy = Sample.Draw(seed);
        var ill = Sample.Draw(seed, PhantomFindings.Ascites, severity: 0.7);
        ill.Attributes.AscitesMl.ShouldBe(1074, 110); // 150 ml · 16.7^0.7
        var changed = Changed(healthy, ill);
        changed.Count(v => healthy.Hounsfield[v.Index] > 400).ShouldBeLessThan(changed.Count / 200);
        changed.Count(v => healthy.Hounsfield[v.Index] is > -950 and < -600).ShouldBeLessThan(changed.Count / 50);
        var fluid = changed.Count(v => v.Hu is > -60 and < 90);
        Sample.Ml(ill, fluid).ShouldBeGreaterThan(0.6 * ill.Attributes.AscitesMl);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_large_spleen_grows_on_the_patients_left(int seed)
    {
        var healthy = Sample.Draw(seed);
        var ill = Sample.Draw(seed, PhantomFindings.Splenomegaly);
        healthy.Attributes.SpleenVolumeMl.ShouldBeInRange(90, 320);
        ill.Attributes.SpleenVolumeMl.ShouldBeGreaterThan(450);
        var (x, _) = Sample.Middle(healthy);
        Changed(healthy, ill).ShouldAllBe(v => v.X > x);
    }

    [Fact]
    public void A_more_severe_finding_is_larger()
    {
        const PhantomFindings all = PhantomFindings.Ascites | PhantomFindings.PleuralEffusion | PhantomFindings.FreeAir | PhantomFindings.Splenomegaly;
        PhantomAttributes subtle = Sample.Draw(9, all, 0.05).Attributes, obvious = Sample.Draw(9, all, 0.95).Attributes;
        obvious.AscitesMl.ShouldBeGreaterThan(4 * subtle.AscitesMl);
        obvious.EffusionMl.ShouldBeGreaterThan(4 * subtle.EffusionMl);
        obvious.FreeAirMl.ShouldBeGreaterThan(4 * subtle.FreeAirMl);
        obvious.SpleenVolumeMl.ShouldBeGreaterThan(2 * subtle.SpleenVolumeMl);
    }

    // Noise is the same in both, so a voxel that differs is made of something else.
    private static List<(int Index, short Hu, double X, double Y, double Z)> Changed(PhantomStudy before, PhantomStudy after)
        => [.. Sample.Voxels(after).Where(v => Math.Abs(v.Hu - before.Hounsfield[v.Index]) > 40)];
}
