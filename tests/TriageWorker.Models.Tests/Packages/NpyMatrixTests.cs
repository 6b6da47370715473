using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Tests.Packages;

public sealed class NpyMatrixTests
{
    private static byte[] TwoByThree => NpyBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 1, 2, 3, 4, 5, 6);

    [Fact]
    public void Rows_come_in_the_order_they_were_written() =>
        NpyMatrix.Parse(TwoByThree).Row(1).ToArray().ShouldBe([4, 5, 6]);

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        var whole = TwoByThree;
        for (var cut = 0; cut < whole.Length; cut++)
            Should.Throw<FormatException>(() => NpyMatrix.Parse(whole.AsSpan(0, cut)));
    }

    [Theory]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (999999999, 999999999), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }")]
    public void What_is_no_matrix_of_float32_is_refused(string header) =>
        Should.Throw<FormatException>(() => NpyMatrix.Parse(NpyBytes(header, 1, 2, 3, 4, 5, 6)));

    private static byte[] NpyBytes(string header, params float[] values) =>
    [
        0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header), .. values.SelectMany(BitConverter.GetBytes),
    ];
}
