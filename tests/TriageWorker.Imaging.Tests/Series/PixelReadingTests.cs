using TriageWorker.Dicom;
using TriageWorker.Imaging.Series;

namespace TriageWorker.Imaging.Tests.Series;

public sealed class PixelReadingTests
{
    private static readonly short[] Ramp = [.. Enumerable.Range(0, 12).Select(n => (short)(n * 100))];

    private static DicomSlices Slices(CtFiles files)
    {
        var selection = SeriesSelection.Of(StudyHeaders.Read(files.Paths, 0, TestContext.Current.CancellationToken), new SeriesNeeds());
        return new DicomSlices(selection.Chosen.ShouldNotBeNull(selection.WhyNone()).Geometry);
    }

    private static string DigestOf(DicomSlices slices) => slices.Digest(0, TestContext.Current.CancellationToken);

    private static double[] FirstSlice(CtFiles files)
    {
        var volume = Slices(files).ToVolume(TestContext.Current.CancellationToken);
        return [.. from j in Enumerable.Range(0, 3) from i in Enumerable.Range(0, 4) select volume.HuAt(i, j, 0)];
    }

    [Theory]
    [InlineData(16, 15, 1, new[] { 0x0000, 0x7FFF, 0x8000, 0xFFFF }, new[] { 0.0, 32767, -32768, -1 })]
    [InlineData(16, 15, 0, new[] { 0x0000, 0x7FFF, 0x8000, 0xFFFF }, new[] { 0.0, 32767, 32768, 65535 })]
    [InlineData(12, 11, 0, new[] { 0x0000, 0x0FFF, 0xF123, 0x0800 }, new[] { 0.0, 4095, 0x123, 2048 })] // bits above the high bit may hold an old overlay
    [InlineData(12, 11, 1, new[] { 0x0000, 0x07FF, 0x0800, 0xFFFF }, new[] { 0.0, 2047, -2048, -1 })]
    [InlineData(12, 15, 0, new[] { 0x0000, 0xFFF0, 0x123F, 0x8000 }, new[] { 0.0, 4095, 0x123, 2048 })]
    [InlineData(12, 15, 1, new[] { 0x0000, 0x7FF0, 0x8000, 0xFFFF }, new[] { 0.0, 2047, -2048, -1 })]
    public void The_stored_bits_are_taken_out_of_their_cell(int stored, int high, int signed, int[] cells, double[] values)
    {
        short[] pixels = [.. Enumerable.Range(0, 12).Select(n => unchecked((short)cells[n % 4]))];
        using var files = new CtFiles().Write(5, _ => pixels, (data, _) =>
            data.Set(DicomTag.BitsStored, stored).Set(DicomTag.HighBit, high).Set(DicomTag.PixelRepresentation, signed));

        FirstSlice(files).ShouldBe([.. values, .. values, .. values]);
    }

    [Fact]
    public void Each_slice_has_its_own_rescale()
    {
        using var files = new CtFiles().Write(5, _ => Ramp, (data, k) => data.Set(DicomTag.RescaleSlope, k + 1.0).Set(DicomTag.RescaleIntercept, -10.0 * k));

        var volume = Slices(files).ToVolume(TestContext.Current.CancellationToken);

        volume.HuAt(3, 2, 0).ShouldBe(1100);
        volume.HuAt(3, 2, 4).ShouldBe((1100 * 5) - 40);
    }

    [Fact]
    public void The_digest_follows_the_pixels_and_not_their_encoding()
    {
        using var one = new CtFiles().Write(5, _ => Ramp);
        using var other = new CtFiles().Write(5, _ => Ramp, syntax: TransferSyntax.ImplicitVRLittleEndian);
        using var changed = new CtFiles().Write(5, k => k == 3 ? [.. Ramp[..11], 1] : Ramp);
        using var renamed = new CtFiles().Write(5, _ => Ramp, (data, k) => data.Set(DicomTag.SOPInstanceUID, $"2.25.8.{k + 1}"));

        var digest = DigestOf(Slices(one));

        digest.Length.ShouldBe(64);
        DigestOf(Slices(other)).ShouldBe(digest);
        DigestOf(Slices(changed)).ShouldNotBe(digest);
        DigestOf(Slices(renamed)).ShouldNotBe(digest);
    }

    [Fact]
    public void What_was_read_already_is_not_read_again_for_the_digest()
    {
        using var files = new CtFiles().Write(5, _ => Ramp);
        var expected = DigestOf(Slices(files));
        var slices = Slices(files);
        _ = slices.ToVolume(TestContext.Current.CancellationToken);

        foreach (var path in files.Paths) File.Delete(path);

        DigestOf(slices).ShouldBe(expected);
    }

    [Fact]
    public void A_file_cut_anywhere_gives_a_reason_and_never_throws()
    {
        using var files = new CtFiles().Write(5, _ => Ramp);
        var path = files.Paths[2];
        var whole = File.ReadAllBytes(path);

        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            var selection = SeriesSelection.Of(StudyHeaders.Read(files.Paths, 1, TestContext.Current.CancellationToken), new SeriesNeeds());
            selection.Chosen.ShouldBeNull($"cut at {length}");
            selection.WhyNone().ShouldEndWith(".", Case.Sensitive, $"cut at {length}");
        }
    }

    [Fact]
    public void Pixels_cut_short_are_counted()
    {
        using var files = new CtFiles().Write(5, _ => Ramp);
        var whole = File.ReadAllBytes(files.Paths[2]);
        File.WriteAllBytes(files.Paths[2], whole[..^7]);

        SeriesSelection.Of(StudyHeaders.Read(files.Paths, 0, TestContext.Current.CancellationToken), new SeriesNeeds())
            .WhyNone().ShouldBe("in 1 of 5 slices pixel data is cut short: 17 of 24 bytes (5 images).");
    }
}
