using TriageWorker.Dicom;
using TriageWorker.Imaging.Rendering;
using TriageWorker.Imaging.Series;

namespace TriageWorker.Imaging.Tests.Rendering;

public sealed class RenderingTests
{
    [Theory]
    [InlineData(-1000, 0)]
    [InlineData(-160, 0)]
    [InlineData(39.5, 128)] // the middle (PS3.3, C.11.2.1.2.1: c − 0.5)
    [InlineData(239, 255)]
    [InlineData(3000, 255)]
    public void A_window_tells_its_values_apart_and_clips_the_others(double value, byte grey) => GreyWindow.SoftTissue.GreyOf(value).ShouldBe(grey);

    [Theory]
    [InlineData(WindowShape.LinearExact, 0, 100, -50, 0)]
    [InlineData(WindowShape.LinearExact, 0, 100, 0, 128)]
    [InlineData(WindowShape.LinearExact, 0, 100, 50, 255)]
    [InlineData(WindowShape.LinearExact, 0, 0.5, 0.125, 191)] // narrower than one
    [InlineData(WindowShape.Sigmoid, 0, 100, 0, 128)]
    [InlineData(WindowShape.Sigmoid, 0, 100, 25, 186)] // 1 / (1 + e^-1)
    [InlineData(WindowShape.Linear, 10, 1, 9.5, 0)] // a threshold
    [InlineData(WindowShape.Linear, 10, 1, 9.6, 255)]
    public void Each_shape_follows_its_formula(WindowShape shape, double center, double width, double value, byte grey) =>
        new GreyWindow(center, width, shape).GreyOf(value).ShouldBe(grey);

    [Theory]
    [InlineData(16, 12, 11, true, new[] { 0x0800, 0x07FF, 0xF000 }, new byte[] { 0, 255, 128 })] // the bits above belong to others
    [InlineData(16, 12, 15, false, new[] { 0x000F, 0xFFFF, 0x8000 }, new byte[] { 0, 255, 128 })] // stored in the upper bits
    [InlineData(16, 16, 15, false, new[] { 0, 65535, 32768 }, new byte[] { 0, 255, 128 })]
    [InlineData(8, 8, 7, false, new[] { 0, 255, 128 }, new byte[] { 0, 255, 128 })]
    public void Values_are_taken_from_their_cells_by_what_the_header_says(int allocated, int stored, int high, bool isSigned, int[] cells, byte[] greys)
    {
        var image = Image(3, 1, allocated, stored, high, isSigned, cells).Set(DicomTag.Modality, "OT");

        Shown(image).Pixels.ShouldBe(greys);
    }

    [Fact]
    public void Hounsfield_units_are_windowed_by_the_request_else_by_the_data_set_else_for_soft_tissue()
    {
        var ct = Image(3, 1, 16, 16, 15, true, [24, 1064, 1864]).Set(DicomTag.Modality, "CT").Set(DicomTag.RescaleSlope, 1.0).Set(DicomTag.RescaleIntercept, -1024.0); // −1000, 40, 840 HU

        Shown(ct).Pixels.ShouldBe([0, 128, 255]);
        Shown(ct, new GreyWindow(840, 1600)).Pixels[2].ShouldBe((byte)128);
        ct.Set(DicomTag.WindowCenter, -1000.0, 40).Set(DicomTag.WindowWidth, 500.0, 400);
        Shown(ct).Pixels.ShouldBe([128, 255, 255]);
        Shown(ct.Set(DicomTag.PhotometricInterpretation, "MONOCHROME1")).Pixels.ShouldBe([127, 0, 0]);
    }

    [Fact]
    public void Colour_by_plane_and_by_pixel_is_the_same_picture()
    {
        var image = Image(2, 1, 8, 8, 7, false, [1, 2, 3, 4, 5, 6]).Set(DicomTag.SamplesPerPixel, 3).Set(DicomTag.PhotometricInterpretation, "RGB").Set(DicomTag.PlanarConfiguration, 0);

        Shown(image).Pixels.ShouldBe([1, 2, 3, 4, 5, 6]);
        Shown(image.Set(DicomTag.PlanarConfiguration, 1)).Pixels.ShouldBe([1, 3, 5, 2, 4, 6]);
    }

    [Fact]
    public void What_cannot_be_shown_says_why()
    {
        var image = Image(2, 2, 16, 16, 15, true, [1, 2, 3, 4]);

        Refusal(image.Clone().Set(DicomTag.PhotometricInterpretation, "PALETTE COLOR")).ShouldContain("PALETTE COLOR");
        Refusal(image.Clone().Set(DicomTag.BitsAllocated, 32).Set(DicomTag.PixelData, DicomVR.OW, new byte[16])).ShouldContain("of 32");
        Refusal(image.Clone().Set(DicomTag.BitsStored, 17)).ShouldContain("17");
        Refusal(image.Clone().Set(DicomTag.Rows, 3)).ShouldContain("cannot be found");
        Refusal(image.Clone().Remove(DicomTag.Rows)).ShouldContain("size");
        Refusal(image.Clone().Remove(DicomTag.PixelData)).ShouldContain("no pixel data");
        Refusal(image.Clone().Set(DicomTag.SamplesPerPixel, 4).Set(DicomTag.PixelData, DicomVR.OW, new byte[32])).ShouldContain("4 samples");
        Refusal(image, TransferSyntax.Of(DicomUid.JPEGLSLossless)).ShouldContain("JPEG-LS compressed, which is not decoded on this machine");
    }

    [Fact]
    public void Scaling_keeps_the_shape_and_the_mean_and_flips()
    {
        var image = new DisplayImage(4, 2, 1, [0, 0, 200, 200, 0, 0, 200, 200]);
        var whole = new ShownPart(0, 0, 4, 2);

        Scaling.Fit(image, whole, 100, 2).ShouldBeEquivalentTo(image); // as large as fits
        (Scaling.Fit(image, whole, 2, 100) is { Width: 2, Height: 1, Pixels: [< 60, > 140] }).ShouldBeTrue();
        Scaling.Fit(image, new ShownPart(0, 0, -4, 2), 4, 2).Pixels.ShouldBe([200, 200, 0, 0, 200, 200, 0, 0]);
        Scaling.Fit(image, new ShownPart(2, 0, 2, 2), 2, 2).Pixels.ShouldBe([200, 200, 200, 200]);
        var larger = Scaling.Fit(image, whole, 40, 20);
        (larger.Width, larger.Height).ShouldBe((40, 20));
        larger.Pixels[0].ShouldBe((byte)0);
        larger.Pixels[^1].ShouldBe((byte)200);
        Scaling.Fit(new DisplayImage(512, 512, 3, [.. Enumerable.Repeat((byte)77, 512 * 512 * 3)]), new ShownPart(0, 0, 512, 512), 128, 128).Pixels.ShouldAllBe(grey => grey == 77);
    }

    private static DisplayImage Shown(DicomDataset image, GreyWindow? window = null) =>
        FrameRendering.Render(new DicomFile(image), 0, window, null, TestContext.Current.CancellationToken).ShouldBeOfType<Reading<DisplayImage>.Of>().Value;

    private static string Refusal(DicomDataset image, TransferSyntax? syntax = null) =>
        FrameRendering.Render(new DicomFile(image, syntax), 0, null, null, TestContext.Current.CancellationToken).ShouldBeOfType<Reading<DisplayImage>.Not>().Because;

    private static DicomDataset Image(int columns, int rows, int allocated, int stored, int high, bool isSigned, int[] cells) => new DicomDataset()
        .Set(DicomTag.Columns, columns).Set(DicomTag.Rows, rows).Set(DicomTag.BitsAllocated, allocated).Set(DicomTag.BitsStored, stored).Set(DicomTag.HighBit, high)
        .Set(DicomTag.PixelRepresentation, isSigned ? 1 : 0).Set(DicomTag.SamplesPerPixel, 1).Set(DicomTag.PhotometricInterpretation, "MONOCHROME2")
        .Set(DicomTag.PixelData, DicomVR.OW, allocated == 8 ? cells.Select(cell => (byte)cell).ToArray() : cells.SelectMany(cell => BitConverter.GetBytes((ushort)cell)).ToArray());
}
