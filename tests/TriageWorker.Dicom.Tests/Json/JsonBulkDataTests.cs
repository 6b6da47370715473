using TriageWorker.Dicom.Json;

namespace TriageWorker.Dicom.Tests.Json;

/// <summary>Values that lie elsewhere.</summary>
public sealed class JsonBulkDataTests
{
    private const string Text = """
        {"00081032":{"vr":"SQ","Value":[{"00420011":{"vr":"OB","BulkDataURI":"bulk/1"}}]},"0040A160":{"vr":"UT","BulkDataURI":"https://pacs/bulk/2"},"7FE00010":{"vr":"OW","BulkDataURI":"bulk/3"}}
        """;

    private static DicomDataset Read() => DicomDataset.ParseJson(System.Text.Encoding.UTF8.GetBytes(Text));

    [Fact]
    public void Reading_fetches_nothing_and_says_where_the_value_lies()
    {
        Read().TryGet(DicomTag.TextValue, out var element).ShouldBeTrue();
        element.BulkDataUri.ShouldBe(new Uri("https://pacs/bulk/2"));
        element.Length.ShouldBe(-1);
        Should.Throw<InvalidOperationException>(() => element.Bytes).Message.ShouldContain("lies at https://pacs/bulk/2: fetch it first");
    }

    [Fact]
    public void What_is_not_fetched_is_not_written_as_if_it_were_empty() =>
        Should.Throw<InvalidOperationException>(() => Read().ToBytes(TransferSyntax.ExplicitVRLittleEndian)).Message.ShouldContain("fetch it first");

    [Fact]
    public async Task All_is_fetched_on_demand_that_of_items_too()
    {
        var dataset = Read();
        var asked = new List<string>();
        await dataset.FetchBulkDataAsync(
            (element, _) =>
            {
                asked.Add(element.BulkDataUri!.OriginalString);
                return ValueTask.FromResult(element.WithValue(element.VR == DicomVR.UT ? "Grüße"u8.ToArray() : [1, 2]));
            },
            TestContext.Current.CancellationToken);
        asked.ShouldBe(["bulk/1", "https://pacs/bulk/2", "bulk/3"]);
        dataset.GetString(DicomTag.TextValue).ShouldBe("Grüße");
        dataset.GetSequence(DicomTag.ProcedureCodeSequence)[0].GetBytes(DicomTag.EncapsulatedDocument).ToArray().ShouldBe([1, 2]);
        dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian).Length.ShouldBeGreaterThan(40);
    }

    [Fact]
    public async Task What_is_brought_for_another_attribute_is_refused() =>
        await Should.ThrowAsync<ArgumentException>(async () => await Read().FetchBulkDataAsync(
            (_, _) => ValueTask.FromResult(new DicomElement(DicomTag.Modality, DicomVR.CS, "CT"u8.ToArray())), TestContext.Current.CancellationToken));

    [Fact]
    public void A_copy_refers_to_the_same_place() =>
        new DicomDataset().Copy(Read(), DicomTag.TextValue).Single().BulkDataUri.ShouldBe(new Uri("https://pacs/bulk/2"));
}
