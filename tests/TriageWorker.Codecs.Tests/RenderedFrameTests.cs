using TriageWorker.Dicom;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Rendering;
using TriageWorker.Imaging.Series;

namespace TriageWorker.Codecs.Tests;

/// <summary>What a person sees does not depend on how the image is compressed.</summary>
public sealed class RenderedFrameTests : IDisposable
{
    private readonly FrameDecoder _decoder = new(TimeSpan.FromSeconds(30), TimeProvider.System);

    public void Dispose() => _decoder.Dispose();

    [Theory]
    [MemberData(nameof(CompressedSeriesTests.Ways), MemberType = typeof(CompressedSeriesTests))]
    public async Task Every_lossless_syntax_is_shown_alike(string tool, string[] arguments)
    {
        using var plain = new CtSeries(12, isSigned: true);
        using var rewritten = await new CtSeries(12, isSigned: true).RewrittenAsync(tool, arguments);

        for (var slice = 0; slice < CtSeries.Slices; slice++)
            Render(rewritten.Files[slice]).ShouldBeOfType<Reading<DisplayImage>.Of>().Value.Pixels
                .ShouldBe(Render(plain.Files[slice]).ShouldBeOfType<Reading<DisplayImage>.Of>().Value.Pixels);
    }

    [Fact]
    public async Task A_frame_of_many_is_the_one_that_was_asked_for()
    {
        using var plain = new CtSeries().AsOneFile();
        using var compressed = await new CtSeries().AsOneFile().RewrittenAsync("gdcmconv", "--j2k");

        for (var frame = 0; frame < CtSeries.Slices; frame++)
            Render(compressed.Files[0], frame).ShouldBeOfType<Reading<DisplayImage>.Of>().Value.Pixels
                .ShouldBe(Render(plain.Files[0], frame).ShouldBeOfType<Reading<DisplayImage>.Of>().Value.Pixels);
    }

    [Fact]
    public async Task A_damaged_frame_is_refused_in_words()
    {
        using var series = await new CtSeries().RewrittenAsync("dcmcjpls", "+el");
        var file = DicomFile.Read(series.Files[0]);
        file.Dataset.Set(new DicomElement(DicomTag.PixelData, DicomVR.OB, [new DicomFragment(Array.Empty<byte>()), new DicomFragment(new byte[] { 0xFF, 0xD8, 0xFF, 0xD9 })]));

        FrameRendering.Render(file, 0, null, _decoder, TestContext.Current.CancellationToken)
            .ShouldBeOfType<Reading<DisplayImage>.Not>().Because.ShouldNotBeEmpty();
    }

    private Reading<DisplayImage> Render(string path, int frame = 0) =>
        FrameRendering.Render(DicomFile.Read(path), frame, null, _decoder, TestContext.Current.CancellationToken);
}
