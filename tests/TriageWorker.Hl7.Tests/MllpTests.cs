using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TriageWorker.Hl7.Tests;

public sealed class MllpTests
{
    private static byte[] Frame(string content) => [0x0B, .. Encoding.Latin1.GetBytes(content), 0x1C, 0x0D];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Frames_pass_both_ways_over_a_socket_and_a_clean_end_is_an_end()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Stop);
        using var server = await listener.AcceptTcpClientAsync(Stop);
        var there = new MllpReader(PipeReader.Create(server.GetStream()));
        var here = PipeWriter.Create(client.GetStream());
        var large = Enumerable.Repeat((byte)'x', 300_000).ToArray();

        (await MllpWriter.WriteAsync(here, "first"u8.ToArray(), Stop)).ShouldBeTrue();
        (await MllpWriter.WriteAsync(here, large, Stop)).ShouldBeTrue();
        client.Client.Shutdown(SocketShutdown.Send);

        Text(await there.ReadAsync(Stop)).ShouldBe("first");
        (await there.ReadAsync(Stop)).ShouldBeOfType<MllpFrame.Message>().Content.ToArray().ShouldBe(large);
        (await there.ReadAsync(Stop)).ShouldBeOfType<MllpFrame.End>();
    }

    [Fact]
    public async Task Frames_are_whole_however_the_bytes_are_cut()
    {
        byte[] bytes = [.. Frame("one"), 0x0D, 0x0A, .. Frame(""), .. Frame("three\rlines")];
        for (var piece = 1; piece <= bytes.Length; piece++)
        {
            var pipe = new Pipe();
            var reader = new MllpReader(pipe.Reader);
            var reading = ReadToEnd(reader);
            foreach (var part in bytes.Chunk(piece)) await pipe.Writer.WriteAsync(part, Stop);
            await pipe.Writer.CompleteAsync();

            var frames = await reading;
            frames[..^1].Select(Text).ShouldBe(["one", "", "three\rlines"]);
            frames[^1].ShouldBeOfType<MllpFrame.End>();
        }
    }

    [Fact]
    public async Task A_frame_cut_anywhere_is_broken_and_never_an_end()
    {
        var frame = Frame("MSH|^~\\&|");
        for (var cut = 1; cut < frame.Length; cut++)
            (await ReadOne(frame[..cut])).ShouldBeOfType<MllpFrame.Broken>().Because.ShouldContain("inside a frame");
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("\u000Bno return\u001Cx")]
    [InlineData("\u000B two \u000B starts \u001C\r")]
    [InlineData("\u001C\r")]
    public async Task Bytes_that_are_no_frame_are_broken(string bytes) =>
        (await ReadOne(Encoding.Latin1.GetBytes(bytes))).ShouldBeOfType<MllpFrame.Broken>().Because.ShouldContain("no MLLP frame");

    [Fact]
    public async Task Content_up_to_the_limit_passes_and_one_byte_more_is_broken_before_its_end_is_seen()
    {
        (await ReadOne(Frame("12345678"), limit: 8)).ShouldBeOfType<MllpFrame.Message>();
        (await ReadOne(Frame("123456789"), limit: 8)).ShouldBeOfType<MllpFrame.Broken>();

        var pipe = new Pipe();
        var reader = new MllpReader(pipe.Reader, 8);
        await pipe.Writer.WriteAsync("\u000B123456789"u8.ToArray(), Stop); // no end, and the sender keeps the line open
        (await reader.ReadAsync(Stop)).ShouldBeOfType<MllpFrame.Broken>().Because.ShouldContain("8 bytes");
        (await reader.ReadAsync(Stop)).ShouldBeOfType<MllpFrame.Broken>(); // and stays so
    }

    [Fact]
    public async Task Random_bytes_end_in_frames_or_a_reason()
    {
        var random = new Random(7);
        byte[] likely = [0x0B, 0x1C, 0x0D, 0x0A, (byte)'A'];
        var messages = 0;
        for (var round = 0; round < 5_000; round++)
        {
            var bytes = new byte[random.Next(1, 40)];
            for (var i = 0; i < bytes.Length; i++) bytes[i] = likely[random.Next(likely.Length)];
            var frames = await ReadToEnd(new MllpReader(PipeReader.Create(new MemoryStream(bytes))));
            messages += frames.Count - 1;
            frames[^1].ShouldNotBeOfType<MllpFrame.Message>();
        }

        messages.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(0x0B)]
    [InlineData(0x1C)]
    public async Task Content_that_would_cut_its_own_frame_is_not_sent(byte inside) =>
        await Should.ThrowAsync<ArgumentException>(async () => await MllpWriter.WriteAsync(new Pipe().Writer, new byte[] { 65, inside, 65 }, Stop));

    [Fact]
    public async Task A_peer_that_stopped_reading_is_told_from_one_that_reads()
    {
        var pipe = new Pipe();
        await pipe.Reader.CompleteAsync();

        (await MllpWriter.WriteAsync(pipe.Writer, "x"u8.ToArray(), Stop)).ShouldBeFalse();
    }

    private static async Task<MllpFrame> ReadOne(byte[] bytes, int limit = MllpReader.DefaultLimit) =>
        await new MllpReader(PipeReader.Create(new MemoryStream(bytes)), limit).ReadAsync(Stop);

    private static async Task<List<MllpFrame>> ReadToEnd(MllpReader reader)
    {
        var frames = new List<MllpFrame>();
        do frames.Add(await reader.ReadAsync(Stop));
        while (frames[^1] is MllpFrame.Message);
        return frames;
    }

    private static string Text(MllpFrame frame) => Encoding.Latin1.GetString(frame.ShouldBeOfType<MllpFrame.Message>().Content.Span);
}
