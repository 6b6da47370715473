namespace TriageWorker.Phantoms.Tests;

/// <summary>What a classifier learns from must be spread widely and not give one thing away by another.</summary>
public sealed class AttributeTests : IClassFixture<AttributeTests.Ward>
{
    private readonly List<PhantomStudy> _studies;

    public AttributeTests(Ward ward) => _studies = ward.Studies;

    [Fact]
    public void Each_finding_is_present_in_about_a_third()
    {
        foreach (var finding in Enum.GetValues<PhantomFindings>().Where(f => f != PhantomFindings.None))
            _studies.Count(s => s.Spec.Findings.HasFlag(finding)).ShouldBeInRange(54, 88, finding.ToString());
    }

    [Fact]
    public void Amounts_are_positive_exactly_when_the_finding_is_drawn()
    {
        foreach (var (finding, attributes) in _studies.Select(s => (s.Spec.Findings, s.Attributes)))
        {
            (attributes.AscitesMl > 0).ShouldBe(finding.HasFlag(PhantomFindings.Ascites));
            (attributes.EffusionMl > 0).ShouldBe(finding.HasFlag(PhantomFindings.PleuralEffusion));
            (attributes.FreeAirMl > 0).ShouldBe(finding.HasFlag(PhantomFindings.FreeAir));
            (attributes.SpleenVolumeMl > 400).ShouldBe(finding.HasFlag(PhantomFindings.Splenomegaly));
        }
    }

    [Fact]
    public void Attributes_are_spread_widely()
    {
        Spread(a => a.LiverDensityHu).ShouldSatisfyAllConditions(s => s.Low.ShouldBeInRange(-6, 20), s => s.High.ShouldBeInRange(85, 120));
        Spread(a => a.VertebralDensityHu).ShouldSatisfyAllConditions(s => s.Low.ShouldBeInRange(45, 80), s => s.High.ShouldBeInRange(225, 260));
        Spread(a => a.BodyWidthMm).ShouldSatisfyAllConditions(s => s.Low.ShouldBeInRange(280, 300), s => s.High.ShouldBeInRange(415, 440));
        Spread(a => a.AorticCalciumMm3).ShouldSatisfyAllConditions(s => s.Low.ShouldBe(0), s => s.High.ShouldBeInRange(2000, 6000));
        _studies.Count(s => s.Attributes.AorticCalciumMm3 == 0).ShouldBeInRange(50, 90);
        _studies.Min(s => s.Patient.Age).ShouldBeInRange(18, 25);
        _studies.Max(s => s.Patient.Age).ShouldBeInRange(80, 90);
    }

    [Fact]
    public void No_attribute_tells_another()
    {
        (string Name, double[] Values)[] columns =
        [
            ("liver", Column(a => a.LiverDensityHu)), ("calcium", Column(a => Math.Log(1 + a.AorticCalciumMm3))), ("vertebrae", Column(a => a.VertebralDensityHu)),
            ("width", Column(a => a.BodyWidthMm)), ("spleen", Column(a => a.SpleenVolumeMl)), ("ascites", Column(a => Math.Log(1 + a.AscitesMl))),
            ("effusion", Column(a => Math.Log(1 + a.EffusionMl))), ("air", Column(a => Math.Log(1 + a.FreeAirMl))),
        ];
        for (var i = 0; i < columns.Length; i++)
            for (var j = 0; j < i; j++)
                Math.Abs(Correlation(columns[i].Values, columns[j].Values)).ShouldBeLessThan(0.25, $"{columns[i].Name} and {columns[j].Name}");
    }

    private (double Low, double High) Spread(Func<PhantomAttributes, double> of)
    {
        var sorted = Column(of);
        Array.Sort(sorted);
        return (sorted[sorted.Length / 20], sorted[^(sorted.Length / 20)]);
    }

    private double[] Column(Func<PhantomAttributes, double> of) => [.. _studies.Select(s => of(s.Attributes))];

    private static double Correlation(double[] a, double[] b)
    {
        double meanA = a.Average(), meanB = b.Average();
        var both = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum();
        return both / Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
    }

    public sealed class Ward
    {
        public List<PhantomStudy> Studies { get; } =
            [.. Enumerable.Range(1000, 200).Select(seed => Phantom.Draw(PhantomSpec.Random(seed) with { Matrix = 64, Slices = 48 }))];
    }
}
