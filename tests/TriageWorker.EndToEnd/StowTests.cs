using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Json;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>A study comes in by STOW-RS at the address of the pages, and by the listener's own port; it is scored like any other, and given out where its answer says.</summary>
public sealed class StowTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_study_that_is_stored_over_the_web_is_decided_and_can_be_retrieved_where_the_answer_says()
    {
        using var folder = new TemporaryFolder();
        await using var product = await Product.StartAsync(folder.Path, ("Intake:DicomWeb:Port", "0"));
        var study = PhantomDicom.Write(Phantom.Draw(MainJob.Small(seed: 601, PhantomFindings.FreeAir)), folder.At("study"));
        var own = new Uri(product.Log.Split('\n').Single(line => line.StartsWith("Images are received over DICOMweb at ", StringComparison.Ordinal)).Split(' ')[^1]);
        var half = study.Files.Count / 2;

        var first = await StoreAsync(product, new Uri(product.Pages, $"dicom-web/studies/{study.StudyInstanceUid}"), study.Files.Take(half));
        first.GetString(DicomTag.RetrieveURL).ShouldBe($"{product.Pages}dicom-web/studies/{study.StudyInstanceUid}");
        (await StoreAsync(product, own, study.Files.Skip(half))).GetString(DicomTag.RetrieveURL).ShouldBeNull();

        var decided = await product.StudyAsync(study.StudyInstanceUid, now => MainJob.IsDecided(now) && now["entry"]!["images"]!.GetValue<int>() == study.Files.Count);
        decided.State().ShouldBe("Positive", $"{decided}");

        var address = first.GetSequence(DicomTag.ReferencedSOPSequence)[0].GetString(DicomTag.RetrieveURL);
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Accept = { MediaTypeWithQualityHeaderValue.Parse("application/dicom; transfer-syntax=*") } } };
        using var given = await product.Http.SendAsync(request, Stop);
        var bytes = await given.Content.ReadAsByteArrayAsync(Stop);
        DicomFile.Parse(bytes).Dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian).ShouldBe(DicomFile.Read(study.Files[0]).Dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian));

        using var capabilities = JsonDocument.Parse(await product.Http.GetStringAsync(new Uri("dicom-web/?accept=application/json", UriKind.Relative), Stop));
        capabilities.RootElement.GetProperty("resources").EnumerateArray().Count(resource => resource.GetProperty("method").GetString() == "POST"
            && resource.GetProperty("transaction").GetString() == "Store Instances").ShouldBe(2);
        using var page = await product.Http.GetAsync(new Uri(own, "/"), Stop);
        page.StatusCode.ShouldBe(HttpStatusCode.NotFound, "a page at the listener's own port");
        (await product.TypeAsync("study", study.StudyInstanceUid)).Expect().Output.ShouldContain("DICOMweb client 127.0.0.1");
        (await product.StopAsync()).ShouldBe(0, product.Log);
    }

    private static async Task<DicomDataset> StoreAsync(Product product, Uri address, IEnumerable<string> files)
    {
        using var content = new ByteArrayContent(StowBody.Of(files.Select(File.ReadAllBytes)));
        content.Headers.TryAddWithoutValidation("Content-Type", StowBody.Type);
        using var answer = await product.Http.PostAsync(address, content, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Stop));
        return DicomDataset.ParseJson(await answer.Content.ReadAsByteArrayAsync(Stop));
    }
}
