using System.Net;
using System.Xml.Linq;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Json;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.DicomWeb.Tests.Store;

/// <summary>STOW-RS as PS3.18, 10.5, has it: what is answered to what, and what is kept.</summary>
public sealed class StowTests(StowServer server) : IClassFixture<StowServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_that_is_stored_is_named_with_where_it_can_be_retrieved()
    {
        var session = server.Open();
        using var answer = await server.PostAsync(StowBody.Of(StowServer.File("1.1"), StowServer.File("1.2")), StowBody.Type);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var said = await JsonAsync(answer);
        said.GetString(DicomTag.RetrieveURL).ShouldBe("https://archive/dicom-web/studies/1.2.3");
        said.GetSequence(DicomTag.ReferencedSOPSequence).Select(item => (item.GetString(DicomTag.ReferencedSOPInstanceUID), item.GetString(DicomTag.ReferencedSOPClassUID), item.GetString(DicomTag.RetrieveURL))).ShouldBe(
        [
            ("1.1", DicomUid.CTImageStorage, "https://archive/dicom-web/studies/1.2.3/series/1.2.3.9/instances/1.1"), ("1.2", DicomUid.CTImageStorage, "https://archive/dicom-web/studies/1.2.3/series/1.2.3.9/instances/1.2"),
        ]);
        (said.Contains(DicomTag.FailedSOPSequence), said.Contains(DicomTag.OtherFailuresSequence)).ShouldBe((false, false));
        (await session.Ended).ShouldBe(new AssociationEnding(EndingKind.Released, "all was answered", 2, 0, session.Kept.Values.Sum(bytes => bytes.LongLength)));
        using var file = new MemoryStream(StowServer.File("1.1"));
        session.Kept["1.1"].ShouldBe(file.ToArray()[^session.Kept["1.1"].Length..]);
    }

    [Fact]
    public async Task Each_fault_has_its_reason_and_leaves_the_others_alone()
    {
        var session = server.Open();
        using var answer = await server.PostAsync(StowBody.Of(
            StowServer.File("1.1"), StowServer.File("1.2", study: "9.9"), StowServer.File("1.3", sopClass: DicomUid.Verification), StowServer.File("1.4", syntax: "1.2.840.10008.1.2.4.102"),
            StowServer.File("1.5")[..^4], "no file"u8.ToArray()), StowBody.Type, "studies/1.2.3");

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var said = await JsonAsync(answer);
        said.GetSequence(DicomTag.ReferencedSOPSequence).Single().GetString(DicomTag.ReferencedSOPInstanceUID).ShouldBe("1.1");
        said.GetSequence(DicomTag.FailedSOPSequence).Select(item => (item.GetString(DicomTag.ReferencedSOPInstanceUID), item.GetInt32(DicomTag.FailureReason)))
            .ShouldBe([("1.2", 0xA900), ("1.3", 0x0122), ("1.4", 0xC122), ("1.5", 0xC000)]);
        said.GetSequence(DicomTag.OtherFailuresSequence).Single().GetInt32(DicomTag.FailureReason).ShouldBe(0xC000);
        session.SetAside.ShouldBe(["1.2", "1.5"]);
        session.Refusals.Count.ShouldBe(5);
        session.Refusals[^1].Because.ShouldContain("part 6");
        (await session.Ended).Refused.ShouldBe(5);
    }

    [Fact]
    public async Task Trouble_of_ours_is_out_of_resources_for_one_and_come_back_for_all_without_a_word_of_what_it_is()
    {
        server.Open().IsInTrouble = head => head.SopInstanceUid == "1.1";
        using (var some = await server.PostAsync(StowBody.Of(StowServer.File("1.1"), StowServer.File("1.2")), StowBody.Type))
        {
            some.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            (await JsonAsync(some)).GetSequence(DicomTag.FailedSOPSequence).Single().GetInt32(DicomTag.FailureReason).ShouldBe(0xA700);
        }

        var session = server.Open();
        session.IsInTrouble = _ => true;
        using var none = await server.PostAsync(StowBody.Of(StowServer.File("1.1"), StowServer.File("1.2")), StowBody.Type);
        none.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        none.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(30));
        (await JsonAsync(none)).GetSequence(DicomTag.FailedSOPSequence).Select(item => item.GetInt32(DicomTag.FailureReason)).ShouldBe([0xA700, 0xA700]);
        (await none.Content.ReadAsStringAsync(Stop)).ShouldNotContain("/some/folder");
        (session.Kept.Count, session.SetAside.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_body_that_is_cut_anywhere_keeps_what_came_whole_before_and_claims_nothing_else()
    {
        byte[] first = StowServer.File("1.1"), second = StowServer.File("1.2"), body = StowBody.Of(first, second);
        var delimiter = "\r\n--b"u8.Length;
        var whole = body.Length - "\r\n"u8.Length; // what follows the last boundary is nobody's
        int[] ends = [StowBody.Part("b", "application/dicom").Length + first.Length + delimiter, whole - "--"u8.Length];
        for (var cut = 0; cut < body.Length; cut++)
        {
            var session = server.Open();
            using var answer = await server.PostAsync(body[..cut], StowBody.Type);

            ((int)answer.StatusCode).ShouldBeOneOf(cut >= whole ? [200] : [400, 415], $"cut at {cut}");
            session.Kept.Count.ShouldBe(ends.Count(end => cut >= end), $"cut at {cut}");
            if (cut < whole && session.Kept.Count > 0) (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain($"{session.Kept.Count} instances that came whole before are stored");
            (await session.Ended).Objects.ShouldBe(session.Kept.Count);
        }
    }

    [Theory]
    [InlineData("application/dicom+xml", true), InlineData("multipart/related; type=\"application/dicom+xml\"", true), InlineData("application/dicom+json;q=0.5, application/dicom+xml", true)]
    [InlineData("application/dicom+xml;q=0.5, application/dicom+json", false), InlineData("application/json", false), InlineData("*/*", false), InlineData("image/png", false), InlineData(null, false)]
    public async Task The_answer_is_XML_where_the_client_wants_that_more_and_JSON_else_and_no_image_is_refused_for_it(string? accept, bool isXml)
    {
        server.Open();
        using var answer = await server.PostAsync(StowBody.Of(StowServer.File("1.1"), "no file"u8.ToArray()), StowBody.Type, accept: accept);

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(isXml ? "application/dicom+xml" : "application/dicom+json");
        if (!isXml) return;
        XNamespace model = "http://dicom.nema.org/PS3.19/models/NativeDICOM";
        var said = XDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).Root!;
        said.Elements(model + "DicomAttribute").Select(attribute => (attribute.Attribute("keyword")!.Value, attribute.Attribute("tag")!.Value, attribute.Attribute("vr")!.Value))
            .ShouldBe([("RetrieveURL", "00081190", "UR"), ("ReferencedSOPSequence", "00081199", "SQ"), ("OtherFailuresSequence", "0008119A", "SQ")]);
        said.Descendants(model + "Value").Select(value => value.Value).ShouldBe(
            ["https://archive/dicom-web/studies/1.2.3", DicomUid.CTImageStorage, "1.1", "https://archive/dicom-web/studies/1.2.3/series/1.2.3.9/instances/1.1", "49152"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("application/dicom+json", "Metadata and bulk data apart")]
    [InlineData("multipart/related; type=\"application/dicom+json\"; boundary=b", "Metadata and bulk data apart")]
    [InlineData("multipart/related; type=application/dicom+xml; boundary=b", "Metadata and bulk data apart")]
    [InlineData("multipart/related; type=\"application/dicom\"", "needs a boundary")]
    [InlineData("multipart/form-data; boundary=b", "multipart/form-data is not taken")]
    public async Task Another_type_is_refused_with_the_one_that_is_taken_before_anything_is_opened(string type, string words)
    {
        server.Admission = new StowAdmission.Refused(500, "not to be asked");
        using var answer = await server.PostAsync("[]"u8.ToArray(), type);
        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        var said = await answer.Content.ReadAsStringAsync(Stop);
        said.ShouldContain(words);
        said.ShouldContain("Part 10 files");
    }

    [Fact]
    public async Task Metadata_in_the_first_part_is_refused_too_when_the_request_did_not_say_so()
    {
        var session = server.Open();
        using var answer = await server.PostAsync([.. StowBody.Part("b", "application/dicom+json"), .. "[{}]\r\n"u8, .. StowBody.End("b")], "multipart/related; boundary=b");
        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain("Metadata and bulk data apart");
        (await session.Ended).Kind.ShouldBe(EndingKind.AbortedByUs);
    }

    [Theory]
    [InlineData("b"), InlineData("some 'boundary'"), InlineData("e25f0d07-52f8-42e2-b023-6978bd503a99-e25f0d07-52f8-42e2-b023-6978bd503a99")]
    public async Task Boundaries_are_taken_as_clients_write_them_also_longer_than_they_may(string boundary)
    {
        server.Open();
        using var answer = await server.PostAsync(StowBody.Of(boundary, [StowServer.File("1.1")]), $"multipart/related; type=application/dicom; boundary=\"{boundary}\"");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task More_parts_than_are_taken_end_the_request_and_those_before_are_kept()
    {
        var session = server.Open(new StowLimits { MaxInstances = 2 });
        using var answer = await server.PostAsync(StowBody.Of(StowServer.File("1.1"), StowServer.File("1.2"), StowServer.File("1.3")), StowBody.Type);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain("2 instances that came whole before are stored");
        session.Kept.Keys.ShouldBe(["1.1", "1.2"]);
    }

    [Fact]
    public async Task A_head_of_a_part_without_an_end_and_a_body_that_is_too_long_are_refused()
    {
        server.Open();
        using (var head = await server.PostAsync([.. "--b\r\nX-Long: "u8, .. Enumerable.Repeat((byte)'x', 100_000), .. "\r\n\r\n"u8], StowBody.Type)) head.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        server.Open(new StowLimits { MaxBytes = 1000 });
        using var body = await server.PostAsync(StowBody.Of(new byte[2000]), StowBody.Type);
        body.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task While_the_service_stops_no_further_instance_is_begun()
    {
        using var stopping = new CancellationTokenSource();
        var session = server.Open(stopping: stopping.Token);
        var first = StowServer.File("1.1");
        var body = StowBody.Of(first, StowServer.File("1.2"));
        var second = StowBody.Part("b", "application/dicom").Length + first.Length + "\r\n--b\r\n".Length;
        using var http = await RawHttp.ConnectAsync(server.Studies);
        await http.BeginPostAsync(server.Studies, StowBody.Type, body.Length);
        await http.SendAsync(body.AsMemory(0, second));
        await session.FirstKept;
        await stopping.CancelAsync();
        await http.SendAsync(body.AsMemory(second));
        var said = await http.AnswerAsync();
        said.ShouldStartWith("HTTP/1.1 503");
        said.ShouldContain("Retry-After: 30");
        said.ShouldContain("1 instances that came whole before are stored");
        session.Kept.Keys.ShouldBe(["1.1"]);
    }

    [Theory, InlineData(5 * 60), InlineData(60 * 60)]
    public async Task A_sender_that_falls_silent_is_given_up_and_what_came_whole_is_kept(int seconds)
    {
        // The longer of the two limits cannot be met by silence alone, so the other one is lifted.
        var limits = seconds == 300 ? new StowLimits() : new StowLimits { Silence = TimeSpan.FromDays(1) };
        var session = server.Open(limits);
        var body = StowBody.Of(StowServer.File("1.1"), StowServer.File("1.2"));
        using var http = await RawHttp.ConnectAsync(server.Studies);
        await http.BeginPostAsync(server.Studies, StowBody.Type, body.Length);
        await http.SendAsync(body.AsMemory(0, body.Length - 50));
        await session.FirstKept;

        await server.Clock.AdvanceUntilAsync(TimeSpan.FromSeconds(seconds), session.Ended);

        var said = await http.AnswerAsync();
        said.ShouldStartWith("HTTP/1.1 408");
        said.ShouldContain("1 instances that came whole before are stored");
        (await session.Ended).ShouldBe(new AssociationEnding(EndingKind.AbortedByUs, "nothing came for too long, or one instance took too long", 1, 0, (await session.Ended).Bytes));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_sender_that_hangs_up_in_the_middle_leaves_what_came_whole(bool abruptly)
    {
        var session = server.Open();
        var body = StowBody.Of(StowServer.File("1.1"), StowServer.File("1.2"));
        using var http = await RawHttp.ConnectAsync(server.Studies);
        await http.BeginPostAsync(server.Studies, StowBody.Type, body.Length);
        await http.SendAsync(body.AsMemory(0, body.Length - 50));
        await session.FirstKept;
        http.HangUp(abruptly);
        var ending = await session.Ended;
        ending.Kind.ShouldBe(EndingKind.Lost);
        (session.Kept.Count, ending.Objects, ending.Refused).ShouldBe((1, 1, 0));
    }

    [Theory]
    [InlineData(403, "HTTP/1.1 403"), InlineData(503, "Retry-After: 5")]
    public async Task Who_is_not_let_in_is_told_before_a_byte_of_the_body_is_asked_for(int status, string words)
    {
        server.Admission = new StowAdmission.Refused(status, "Not now.", status == 503 ? TimeSpan.FromSeconds(5) : null);
        using var http = await RawHttp.ConnectAsync(server.Studies);
        await http.BeginPostAsync(server.Studies, StowBody.Type, 1_000_000, "Expect: 100-continue");
        var said = await http.AnswerAsync("Not now.");
        said.ShouldStartWith($"HTTP/1.1 {status}");
        said.ShouldContain(words);
    }

    private static async Task<DicomDataset> JsonAsync(HttpResponseMessage answer)
    {
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/dicom+json");
        return DicomDataset.ParseJson(await answer.Content.ReadAsByteArrayAsync(Stop));
    }
}
