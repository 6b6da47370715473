using TriageWorker.Imaging.Decoding;
using TriageWorker.Testing;

namespace TriageWorker.Codecs.Tests;

/// <summary>One series, compressed by others in every way that keeps its values: what comes out is what went in, voxel by voxel.</summary>
public sealed class CompressedSeriesTests : IDisposable
{
    private readonly FrameDecoder _decoder = new(TimeSpan.FromSeconds(30), TimeProvider.System);

    public void Dispose() => _decoder.Dispose();

    public static TheoryData<string, string[]> Ways => new()
    {
        { "dcmcjpeg", ["+el"] }, // JPEG lossless, 14
        { "dcmcjpeg", ["+e1"] }, // JPEG lossless, SV1
        { "dcmcjpls", ["+el"] },
        { "dcmcrle", [] },
        { "gdcmconv", ["--j2k"] },
        { "gdcmconv", ["--jpegls"] },
        { "gdcmconv", ["--jpeg"] },
        { "gdcmconv", ["--rle"] },
        { "dcmconv", ["+tb"] }, // big endian
        { "dcmconv", ["+td"] }, // deflated
        { "dcmconv", ["+ti"] },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Every_lossless_syntax_gives_the_same_values_and_the_same_digest(string tool, string[] arguments)
    {
        foreach (var (stored, isSigned) in ((int, bool)[])[(12, false), (12, true), (16, false), (16, true)])
        {
            using var plain = new CtSeries(stored, isSigned);
            using var rewritten = await new CtSeries(stored, isSigned).RewrittenAsync(tool, arguments);

            rewritten.Values(_decoder).ShouldBe(plain.Values(_decoder), $"{stored} bits{(isSigned ? ", signed" : "")}");
            rewritten.Digest(_decoder).ShouldBe(plain.Digest(_decoder));
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task One_file_of_many_frames_gives_the_same_values_as_many_files(string tool, string[] arguments)
    {
        using var plain = new CtSeries();
        using var enhanced = await new CtSeries().AsOneFile().RewrittenAsync(tool, arguments);

        enhanced.Select(_decoder.Decodes).Chosen.ShouldNotBeNull().Slices.ShouldBe(CtSeries.Slices);
        enhanced.Values(_decoder).ShouldBe(plain.Values(_decoder));
    }

    [Fact]
    public async Task Without_a_decoder_the_series_is_refused_and_the_reason_says_what_to_install()
    {
        using var compressed = await new CtSeries().RewrittenAsync("dcmcjpls", "+el");

        compressed.Select(new([], "gdcm-sharp.dll is not there; install libgdcm-cil")).WhyNone()
            .ShouldBe("the pixels are JPEG-LS compressed and the decoder is not installed (gdcm-sharp.dll is not there; install libgdcm-cil) (6 images).");
    }

    [Fact]
    public async Task Lossy_compression_is_refused_whoever_could_decode_it()
    {
        using var lossy = await new CtSeries().RewrittenAsync("dcmcjpls", "+en", "+md", "3");
        lossy.Select(_decoder.Decodes).WhyNone().ShouldBe("the pixels are lossy (JPEG-LS compressed) (6 images).");
    }
}
