using TriageWorker.Triage;

namespace TriageWorker.Triage.Tests;

public sealed class SliceStackTests
{
    private static readonly StackNeed Need = new("CT", 100, 10);

    [Fact]
    public void Slices_at_even_distances_in_any_order_are_a_closed_stack()
    {
        var stack = SliceStack.Of([.. Enumerable.Range(0, 40).Select(n => 500 - (n * 37 % 40 * 2.5))]);
        stack.IsClosed.ShouldBeTrue();
        stack.SpacingMm.ShouldBe(2.5, 1e-9);
        stack.CoverageMm.ShouldBe(100, 1e-9);
        $"{stack}".ShouldBe("40 slices without a gap cover 100 mm");
        Need.IsMetBy("CT", stack).ShouldBeTrue();
        Need.IsMetBy("MR", stack).ShouldBeFalse();
        (Need with { MinCoverageMm = 101 }).IsMetBy("CT", stack).ShouldBeFalse();
        (Need with { MaxSpacingMm = 2 }).IsMetBy("CT", stack).ShouldBeFalse();
    }

    [Theory]
    [InlineData(new double[] { 0, 2, 4, 8, 10 })] // one is missing
    [InlineData(new double[] { 0, 2, 4, 4, 6 })] // one came twice
    [InlineData(new double[] { 0, 2, 4, 6.5 })] // uneven
    [InlineData(new double[] { 3, 3, 3 })]
    [InlineData(new double[] { 3 })]
    [InlineData(new double[0])]
    public void A_gap_a_second_slice_at_one_place_or_too_few_are_not(double[] places) => SliceStack.Of(places).IsClosed.ShouldBeFalse();

    [Fact]
    public void Positions_rounded_as_scanners_write_them_are_even() =>
        SliceStack.Of([.. Enumerable.Range(0, 300).Select(n => Math.Round(n * 0.625, 2))]).IsClosed.ShouldBeTrue();
}
