using System.Net;
using Microsoft.AspNetCore.Http;
using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.DicomWeb.Tests;

/// <summary>Storing at Orthanc, and at servers that answer as none can be told to.</summary>
public sealed class StoreTests : IDisposable
{
    private const string DicomJson = "application/dicom+json", Study = "1.2.826.0.1.3680043.8.498.7";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Instances_go_to_Orthanc_in_one_request_are_named_one_by_one_and_lie_there_byte_for_byte()
    {
        await using var orthanc = new OrthancFixture { Options = new Dictionary<string, object> { ["Plugins"] = new[] { OrthancFixture.DicomWebPlugin } } };
        await orthanc.InitializeAsync();
        byte[][] files = [.. Enumerable.Range(1, 3).Select(File)];

        var client = Client(orthanc.DicomWeb);
        (await client.ProbeStoreAsync(Stop)).ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.BadRequest);
        (await orthanc.CountAsync(Stop)).ShouldBe(0);
        var answer = await client.StoreAsync([.. files.Select((file, i) => i == 1 ? Chunked(file) : OutgoingInstance.OfBytes(file))], Stop);

        answer.Outcomes.ShouldAllBe(outcome => outcome.IsStored && outcome.SopClassUid == DicomUid.CTImageStorage);
        answer.Outcomes.Select(outcome => outcome.SopInstanceUid).ShouldBe([$"{Study}.1", $"{Study}.2", $"{Study}.3"], ignoreOrder: true);
        (await orthanc.FilesAsync(Study)).Select(Convert.ToHexString).ShouldBe(files.Select(Convert.ToHexString), ignoreOrder: true);
    }

    [Fact]
    public async Task An_instance_is_opened_only_when_those_before_it_have_left()
    {
        var arrived = new TaskCompletionSource();
        await using var web = await AnsweringWeb.StartAsync(async http =>
        {
            var block = new byte[64 * 1024];
            await http.Request.Body.ReadExactlyAsync(block, http.RequestAborted);
            arrived.SetResult();
            while (await http.Request.Body.ReadAsync(block, http.RequestAborted) > 0) { }
            http.Response.ContentType = DicomJson;
            await http.Response.WriteAsync(Stored("1.2"), http.RequestAborted);
        });

        var answer = await Client(web.Address).StoreAsync(
        [
            Chunked(new byte[1 << 20]),
            new OutgoingInstance(async stop =>
            {
                await arrived.Task.WaitAsync(stop); // were anything gathered before it is sent, this would never come
                return new MemoryStream([1, 2, 3]);
            }),
        ], Stop);

        answer.Find("1.2")!.IsStored.ShouldBeTrue();
    }

    [Theory]
    [InlineData(202), InlineData(409)]
    public async Task What_some_or_none_of_was_stored_is_an_answer_with_reasons(int status)
    {
        await using var web = await AnsweringWeb.StartAsync(status,
            """
            {"00081199":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["1.1"]},"00081196":{"vr":"US","Value":[45056]}},{"00081155":{"vr":"UI","Value":["1.4"]}}]},
             "00081198":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["1.2"]},"00081197":{"vr":"US","Value":[42752]}},{"00081155":{"vr":"UI","Value":["1.3"]}},{"00081155":{"vr":"UI","Value":["1.4"]}}]}}
            """, DicomJson);

        var answer = await Client(web.Address).StoreAsync([OutgoingInstance.OfBytes(File(1))], Stop);

        answer.Status.ShouldBe((HttpStatusCode)status);
        answer.Find("1.1").ShouldBe(new StowOutcome("1.1", "", null, 0xB000));
        answer.Find("1.2")!.FailureReason.ShouldBe((ushort)0xA700);
        answer.Find("1.3")!.FailureReason.ShouldBe((ushort)0x0110, "a failure without a reason");
        answer.Find("1.4")!.IsStored.ShouldBeFalse("said both ways");
        answer.Find("1.5").ShouldBeNull();
    }

    [Theory]
    [InlineData(503, "application/problem+json", """{"title":"x","detail":"the  disk\n is full"}""", "answered 503 Service Unavailable: the disk is full")]
    [InlineData(400, "application/json", """{"HttpStatus":400,"Message":"Bad file format"}""", "answered 400 Bad Request: Bad file format")]
    [InlineData(401, "text/html", "<html>Log in</html>", "answered 401 Unauthorized.")]
    [InlineData(409, "text/plain", "conflict", "answered 409 Conflict: conflict")]
    [InlineData(302, null, "", "answered 302 Found.")]
    public async Task A_refusal_of_the_whole_request_is_told_with_status_and_the_servers_words(int status, string? type, string body, string words)
    {
        await using var web = await AnsweringWeb.StartAsync(status, body, type);

        var refused = await FailsAsync(web.Address);

        (refused.Fault, refused.Status).ShouldBe((DicomWebFault.Status, (HttpStatusCode)status));
        refused.Message.ShouldBe($"{web.Address}studies {words}");
    }

    [Theory]
    [InlineData("application/dicom+xml", "<NativeDicomModel/>")]
    [InlineData(DicomJson, "{\"0008")]
    [InlineData(DicomJson, "[]")]
    [InlineData(null, "")]
    public async Task Success_in_words_that_cannot_be_read_is_no_success(string? type, string body)
    {
        await using var web = await AnsweringWeb.StartAsync(200, body, type);
        (await FailsAsync(web.Address)).Fault.ShouldBe(DicomWebFault.Malformed);
    }

    [Fact]
    public async Task A_way_that_is_not_there_or_breaks_or_is_not_trusted_is_told_apart()
    {
        (await FailsAsync(new Uri($"http://127.0.0.1:{Loopback.FreePort()}/"))).Fault.ShouldBe(DicomWebFault.Unreachable);

        await using var hangsUp = await AnsweringWeb.StartAsync(http =>
        {
            http.Abort();
            return Task.CompletedTask;
        });
        (await FailsAsync(hangsUp.Address)).Fault.ShouldBe(DicomWebFault.Lost);

        using var authority = new CertificateAuthority("nobody knows it");
        using var certificate = authority.Issue("localhost");
        await using var unknown = await AnsweringWeb.StartAsync(_ => Task.CompletedTask, certificate);
        (await FailsAsync(unknown.Address)).Fault.ShouldBe(DicomWebFault.Untrusted);
    }

    [Fact]
    public async Task Who_does_not_answer_is_waited_for_no_longer_than_said()
    {
        var (time, asked) = (new DrivenTime(), new TaskCompletionSource());
        await using var web = await AnsweringWeb.StartAsync(async http =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);
        });
        var client = new DicomWebClient(_http, web.Address, s_patience, time);
        var storing = client.StoreAsync([OutgoingInstance.OfBytes(File(1))], Stop);
        await asked.Task;
        time.Advance(s_patience);
        (await Should.ThrowAsync<DicomWebException>(storing)).Fault.ShouldBe(DicomWebFault.Silent);
    }

    private Task<DicomWebException> FailsAsync(Uri service) => Should.ThrowAsync<DicomWebException>(Client(service).StoreAsync([OutgoingInstance.OfBytes(File(1))], Stop));

    private DicomWebClient Client(Uri service) => new(_http, service, s_patience, TimeProvider.System);

    private static OutgoingInstance Chunked(byte[] file) => OutgoingInstance.OfBytes(file) with { Length = null };

    private static string Stored(string uid) => $$$"""{"00081199":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["{{{uid}}}"]}}]}}""";

    private static byte[] File(int number)
    {
        var bytes = new MemoryStream();
        new DicomFile(new DicomDataset().Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage).Set(DicomTag.SOPInstanceUID, $"{Study}.{number}")
            .Set(DicomTag.StudyInstanceUID, Study).Set(DicomTag.SeriesInstanceUID, $"{Study}.9").Set(DicomTag.PatientID, "P1")
            .Set(DicomTag.PixelData, DicomVR.OW, new byte[10_000 * number]), TransferSyntax.ExplicitVRLittleEndian).Write(bytes);
        return bytes.ToArray();
    }
}
