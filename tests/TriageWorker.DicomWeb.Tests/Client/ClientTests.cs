using System.Net;

namespace TriageWorker.DicomWeb.Tests;

/// <summary>The client against our own endpoints, and against servers that do not do what they should.</summary>
public sealed class ClientTests(WadoServer server) : IClassFixture<WadoServer>
{
    private static readonly TimeSpan Patient = TimeSpan.FromMinutes(1), Impatient = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_series_comes_part_by_part_with_what_looks_like_a_boundary_inside()
    {
        var contents = new List<byte[]>();
        await foreach (var part in Client(server.Client.BaseAddress!).RetrieveAsync(new(WadoServer.Study, WadoServer.Series), stop: Stop))
        {
            part.MediaType.ShouldBe("application/dicom");
            part.TransferSyntax.ShouldBe(WadoServer.ExplicitLittleEndian);
            contents.Add(await ReadAsync(part));
        }

        contents.Count.ShouldBe(2);
        contents[0].ShouldBe(server.Content(WadoServer.Series, "1.2.3.1.1"));
        contents[1].ShouldBe(server.Content(WadoServer.Series, "1.2.3.1.2"));
    }

    [Fact]
    public async Task What_is_compressed_comes_as_it_is_stored()
    {
        await foreach (var part in Client(server.Client.BaseAddress!).RetrieveAsync(new(WadoServer.Study, WadoServer.Compressed, "1.2.3.2.1"), stop: Stop))
            (await ReadAsync(part)).ShouldBe(server.Content(WadoServer.Compressed, "1.2.3.2.1"));
    }

    [Fact]
    public async Task A_part_that_nobody_read_is_passed_over()
    {
        var parts = 0;
        await foreach (var part in Client(server.Client.BaseAddress!).RetrieveAsync(new(WadoServer.Study, WadoServer.Series), stop: Stop))
            if (++parts == 2) (await ReadAsync(part)).ShouldBe(server.Content(WadoServer.Series, "1.2.3.1.2"));
        parts.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_not_there_is_said_with_address_status_and_the_servers_words()
    {
        var lost = await FaultAsync(Client(server.Client.BaseAddress!), new("9.9.9"));
        lost.Status.ShouldBe(HttpStatusCode.NotFound);
        lost.IsPassing.ShouldBeFalse();
        lost.Message.ShouldContain("/dicom-web/studies/9.9.9");
        lost.Message.ShouldContain("404");
        lost.Message.ShouldContain("Nothing is stored under this address.");
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Busy\r\nContent-Length: 9\r\n\r\ncome back", true, DicomWebFault.Status)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: multipart/related\r\nContent-Length: 4\r\n\r\nabcd", true, DicomWebFault.Malformed)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: multipart/related; boundary=x\r\nContent-Length: 44\r\n\r\n--x\r\nContent-Type: application/dicom\r\n\r\nabcd", true, DicomWebFault.Malformed)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: multipart/related; boundary=x\r\nContent-Length: 1000\r\n\r\n--x\r\nContent-Type: application/dicom\r\n\r\nabcd", true, DicomWebFault.Lost)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: multipart/related; boundary=x\r\nContent-Length: 1000\r\n\r\n--x\r\nContent-Type: application/dicom\r\n\r\nabcd", false, DicomWebFault.Silent)]
    [InlineData("HTTP/1.1 200", false, DicomWebFault.Silent)]
    // HttpClient asks again on a new connection where one closed before any answer; here nobody answers that one, so it is silence.
    [InlineData("", true, DicomWebFault.Silent)]
    public async Task A_server_that_does_not_do_what_it_should_never_gives_a_whole_part(string answer, bool hangsUp, DicomWebFault fault)
    {
        using var scripted = new ScriptedServer(answer, hangsUp);
        var broken = await FaultAsync(Client(scripted.Url, fault == DicomWebFault.Silent ? Impatient : Patient), new("1.2.3"));
        broken.Fault.ShouldBe(fault);
        broken.Address.AbsolutePath.ShouldBe("/dicom-web/studies/1.2.3");
        broken.IsPassing.ShouldBe(fault != DicomWebFault.Malformed);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_away()
    {
        Uri address;
        using (var gone = new ScriptedServer("", hangsUp: true)) address = gone.Url;
        (await FaultAsync(Client(address), new("1.2.3"))).Fault.ShouldBe(DicomWebFault.Unreachable);
    }

    internal static async Task<byte[]> ReadAsync(RetrievedPart part)
    {
        using var whole = new MemoryStream();
        await part.Content.CopyToAsync(whole, Stop);
        return whole.ToArray();
    }

    private static async Task<DicomWebException> FaultAsync(DicomWebClient client, RetrieveTarget target) => await Should.ThrowAsync<DicomWebException>(async () =>
    {
        await foreach (var part in client.RetrieveAsync(target, stop: Stop)) await ReadAsync(part);
    });

    private DicomWebClient Client(Uri service, TimeSpan? pause = null) => new(server.Client, service, pause ?? Patient, TimeProvider.System);
}
