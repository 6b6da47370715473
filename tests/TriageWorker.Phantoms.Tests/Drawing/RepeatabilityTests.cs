namespace TriageWorker.Phantoms.Tests.Drawing;

public sealed class RepeatabilityTests
{
    private static readonly PhantomSpec Spec = PhantomSpec.Random(12) with { Matrix = 64, Slices = 24 };

    [Fact]
    public void The_same_spec_gives_the_same_voxels_on_one_thread_and_on_many()
    {
        var one = Phantom.Draw(Spec, threads: 1);
        var many = Phantom.Draw(Spec, threads: 7);
        many.Hounsfield.ShouldBe(one.Hounsfield);
        many.Attributes.ShouldBe(one.Attributes);
    }

    [Fact]
    public void Another_seed_is_another_person()
    {
        var one = Phantom.Draw(Spec);
        var other = Phantom.Draw(Spec with { Seed = Spec.Seed + 1 });
        other.Attributes.BodyWidthMm.ShouldNotBe(one.Attributes.BodyWidthMm);
        other.Hounsfield.ShouldNotBe(one.Hounsfield);
    }

    [Fact]
    public void A_person_keeps_body_and_age_whatever_is_found()
    {
        var healthy = Sample.Draw(5);
        var ill = Sample.Draw(5, PhantomFindings.Ascites | PhantomFindings.PleuralEffusion);
        ill.Patient.ShouldBe(healthy.Patient);
        ill.Geometry.ShouldBe(healthy.Geometry);
        ill.Attributes.ShouldBe(healthy.Attributes with
        {
            AscitesMl = ill.Attributes.AscitesMl,
            EffusionMl = ill.Attributes.EffusionMl,
            SpleenVolumeMl = ill.Attributes.SpleenVolumeMl,
        });
    }

    [Fact]
    public void A_finer_grid_shows_the_same_person()
    {
        var findings = PhantomFindings.Ascites | PhantomFindings.PleuralEffusion | PhantomFindings.FreeAir | PhantomFindings.Splenomegaly;
        var coarse = Phantom.Draw(new PhantomSpec { Seed = 31, Findings = findings, Severity = 0.6, Matrix = 128, Slices = 80 }).Attributes;
        var fine = Phantom.Draw(new PhantomSpec { Seed = 31, Findings = findings, Severity = 0.6, Matrix = 256, Slices = 160 }).Attributes;
        fine.AscitesMl.ShouldBe(coarse.AscitesMl, 0.06 * coarse.AscitesMl);
        fine.EffusionMl.ShouldBe(coarse.EffusionMl, 0.06 * coarse.EffusionMl);
        fine.FreeAirMl.ShouldBe(coarse.FreeAirMl, 0.12 * coarse.FreeAirMl);
        fine.SpleenVolumeMl.ShouldBe(coarse.SpleenVolumeMl, 0.04 * coarse.SpleenVolumeMl);
        fine.LiverDensityHu.ShouldBe(coarse.LiverDensityHu);
    }

    [Theory, InlineData(0, 128), InlineData(3000, 128), InlineData(40, 8), InlineData(40, 5000)]
    public void A_grid_that_cannot_be_drawn_is_refused(int slices, int matrix)
        => Should.Throw<ArgumentException>(() => Phantom.Draw(new PhantomSpec { Slices = slices, Matrix = matrix }));

    [Fact]
    public void Drawing_can_be_stopped()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Should.Throw<OperationCanceledException>(() => Phantom.Draw(Spec, cancellation: stop.Token));
    }
}
