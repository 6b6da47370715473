using System.Diagnostics;
using TriageWorker.Dicom;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Testing;

namespace TriageWorker.Codecs.Tests;

/// <summary>What becomes of a frame, and of those after it, when its decoder dies, hangs or makes nothing of it.</summary>
public sealed class DecoderProcessTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly DrivenTime _time = new();
    private readonly FrameDecoder _decoder;

    public DecoderProcessTests() => _decoder = new FrameDecoder(Deadline, _time);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _decoder.Dispose();

    [Fact]
    public async Task A_decoder_that_died_between_two_frames_is_replaced_unseen()
    {
        var (format, frame) = await FrameAsync("dcmcjpls", "+el");
        var first = Decode(format, frame);

        foreach (var child in _decoder.Idle) await UnixSignal.SendAsync("KILL", child);

        Decode(format, frame).ShouldBe(first);
    }

    [Fact]
    public async Task A_decoder_that_hangs_is_ended_at_the_deadline_and_the_next_frame_has_another()
    {
        var (format, frame) = await FrameAsync("gdcmconv", "--j2k");
        Decode(format, frame);
        var hanging = _decoder.Idle.ShouldHaveSingleItem();
        await UnixSignal.SendAsync("STOP", hanging);

        var late = Task.Run(() => Should.Throw<DecodingException>(() => Decode(format, frame)), Stop);
        await _time.AdvanceUntilAsync(Deadline, late);

        (await late).Message.ShouldBe("the decoder had not finished it after 30 s");
        Decode(format, frame);
        _decoder.Idle.ShouldNotContain(hanging);
    }

    [Fact]
    public async Task Whoever_gives_up_takes_the_decoder_with_him()
    {
        var (format, frame) = await FrameAsync("gdcmconv", "--j2k");
        Decode(format, frame);
        await UnixSignal.SendAsync("STOP", _decoder.Idle.ShouldHaveSingleItem());
        using var given = new CancellationTokenSource();

        var waiting = Task.Run(() => Should.Throw<OperationCanceledException>(() => _decoder.Decode(format, frame, new byte[format.Bytes], given.Token)), Stop);
        await given.CancelAsync();

        await waiting;
        _decoder.Idle.ShouldBeEmpty();
    }

    [Fact]
    public async Task With_their_owner_the_decoders_end()
    {
        var (format, frame) = await FrameAsync("dcmcrle");
        Decode(format, frame);
        var child = Process.GetProcessById(_decoder.Idle.ShouldHaveSingleItem());

        _decoder.Dispose();

        await child.WaitForExitAsync(Stop);
    }

    [Theory]
    [InlineData("dcmcjpeg", "+e1")]
    [InlineData("dcmcjpls", "+el")]
    [InlineData("dcmcrle", "")]
    [InlineData("gdcmconv", "--j2k")]
    public async Task A_damaged_frame_costs_itself_alone(string tool, string argument)
    {
        var (format, frame) = await FrameAsync(tool, argument);
        var whole = Decode(format, frame);

        Fuzz.Cases(fast: 60, whole: 5_000, random =>
        {
            try
            {
                Decode(format, Mutation.Of(frame, random));
            }
            catch (DecodingException said)
            {
                said.Message.ShouldNotBeNullOrWhiteSpace();
            }
        });

        Decode(format, frame).ShouldBe(whole);
    }

    [Fact]
    public async Task A_frame_of_another_size_than_its_header_says_is_never_decoded()
    {
        foreach (var (tool, argument) in (KeyValuePair<string, string>[])[new("dcmcjpeg", "+e1"), new("dcmcjpls", "+el"), new("gdcmconv", "--j2k")])
        {
            var (format, frame) = await FrameAsync(tool, argument);
            Should.Throw<DecodingException>(() => Decode(format with { Rows = 400 }, frame)).Message
                .ShouldBe("the compressed image is 56×40 pixels and its header says 56×400");
        }

        _decoder.Idle.ShouldBeEmpty();
    }

    [Fact]
    public async Task Many_frames_at_once_have_many_decoders()
    {
        var (format, frame) = await FrameAsync("gdcmconv", "--j2k");
        var whole = Decode(format, frame);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            for (var n = 0; n < 20; n++) Decode(format, frame).ShouldBe(whole);
        }, Stop)));
    }

    [Fact]
    public async Task Where_no_decoder_is_installed_the_server_ends_and_says_why()
    {
        using var empty = new TemporaryFolder();
        var said = await ExternalTool.RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "triage-codecs.dll"), CodecWire.Serve], new Dictionary<string, string> { ["TRIAGE_GDCM"] = empty.Path });
        said.Expect(exitCode: 3).Output.ShouldContain("install libgdcm-cil");
    }

    private byte[] Decode(FrameFormat format, byte[] frame)
    {
        var pixels = new byte[format.Bytes];
        _decoder.Decode(format, frame, pixels, Stop);
        return pixels;
    }

    private static async Task<(FrameFormat Format, byte[] Frame)> FrameAsync(string tool, params string[] arguments)
    {
        using var series = await new CtSeries().RewrittenAsync(tool, [.. arguments.Where(argument => argument.Length > 0)]);
        var file = DicomFile.Read(series.Files[0]);
        return (new FrameFormat(file.TransferSyntax.Uid, CtSeries.Rows, CtSeries.Columns, 1, 16, 12, 11, IsSigned: false, "MONOCHROME2"), PixelFrames.Of(file.Dataset)[0].ToArray());
    }
}
