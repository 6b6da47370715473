using System.Text;
using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.DicomWeb.Tests;

/// <summary>A server of other people's: Orthanc with its DICOMweb plugin.</summary>
public sealed class DicomWebOrthanc : IAsyncLifetime
{
    public const string Study = "2.25.101", Series = "2.25.101.1";
    public const int Images = 3, Side = 16;

    public OrthancFixture Orthanc { get; } = new()
    {
        Options = new Dictionary<string, object>
        {
            ["Plugins"] = new[] { OrthancFixture.DicomWebPlugin },
            ["DicomWeb"] = new Dictionary<string, object> { ["Enable"] = true, ["Root"] = "/dicom-web/" },
        },
    };

    /// <summary>Our files, by SOP Instance UID.</summary>
    public Dictionary<string, byte[]> Files { get; } = [];

    public HttpClient Http { get; } = new() { Timeout = Timeout.InfiniteTimeSpan };

    public async ValueTask InitializeAsync()
    {
        await Orthanc.InitializeAsync();
        for (var number = 1; number <= Images; number++)
        {
            using var written = new MemoryStream();
            Image(number).Write(written);
            Files[$"{Series}.{number}"] = written.ToArray();
            using var body = new ByteArrayContent(written.ToArray());
            using var answer = await Http.PostAsync(new Uri(Orthanc.Address, "instances"), body);
            answer.EnsureSuccessStatusCode();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Orthanc.DisposeAsync();
    }

    public static byte[] Pixels(int number) => [.. Enumerable.Range(0, Side * Side * 2).Select(n => (byte)(n * number))];

    private static DicomFile Image(int number, int signed = 0) => new(new DicomDataset()
        .Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage).Set(DicomTag.SOPInstanceUID, $"{Series}.{number}")
        .Set(DicomTag.StudyInstanceUID, Study).Set(DicomTag.SeriesInstanceUID, Series).Set(DicomTag.PatientID, "P1").Set(DicomTag.PatientName, "DOE^JANE")
        .Set(DicomTag.Modality, "CT").Set(DicomTag.InstanceNumber, $"{number}").Set(DicomTag.AccessionNumber, "A1").Set(DicomTag.PhotometricInterpretation, "MONOCHROME2")
        .Set(DicomTag.SamplesPerPixel, (ushort)1).Set(DicomTag.Rows, (ushort)Side).Set(DicomTag.Columns, (ushort)Side)
        .Set(DicomTag.BitsAllocated, (ushort)16).Set(DicomTag.BitsStored, (ushort)16).Set(DicomTag.HighBit, (ushort)15).Set(DicomTag.PixelRepresentation, signed)
        .Set(DicomTag.PixelData, DicomVR.OW, Pixels(number)));
}

public sealed class OrthancClientTests(DicomWebOrthanc server) : IClassFixture<DicomWebOrthanc>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private DicomWebClient Client => new(server.Http, new Uri(server.Orthanc.Address, "dicom-web"), TimeSpan.FromMinutes(1), TimeProvider.System);

    [Fact]
    public async Task A_series_is_retrieved_with_every_data_set_as_it_was_sent()
    {
        var got = new Dictionary<string, DicomDataset>();
        await foreach (var part in Client.RetrieveAsync(new(DicomWebOrthanc.Study, DicomWebOrthanc.Series), stop: Stop))
        {
            var file = DicomFile.Parse(await ClientTests.ReadAsync(part));
            got[file.Dataset.GetString(DicomTag.SOPInstanceUID)!] = file.Dataset;
        }

        got.Keys.Order().ShouldBe(server.Files.Keys.Order());
        foreach (var (sop, file) in server.Files)
            got[sop].ToBytes(TransferSyntax.ExplicitVRLittleEndian).ShouldBe(DicomFile.Parse(file).Dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian));
    }

    [Fact]
    public async Task Metadata_and_searches_bring_data_sets()
    {
        var metadata = new List<string?>();
        await foreach (var set in Client.MetadataAsync(new(DicomWebOrthanc.Study), Stop)) metadata.Add(set.GetString(DicomTag.SOPInstanceUID));
        metadata.Order().ShouldBe(server.Files.Keys.Order());

        var query = new InstanceQuery(SearchFor.Instances, DicomWebOrthanc.Study) { Matching = new Dictionary<DicomTag, string> { [DicomTag.InstanceNumber] = "2" }, Limit = 5 };
        (await SearchAsync(query)).ShouldHaveSingleItem().GetString(DicomTag.SOPInstanceUID).ShouldBe($"{DicomWebOrthanc.Series}.2");
        (await SearchAsync(new(SearchFor.Studies) { Matching = new Dictionary<DicomTag, string> { [DicomTag.PatientName] = "DO*" }, Include = [DicomTag.AccessionNumber] }))
            .ShouldHaveSingleItem().GetString(DicomTag.AccessionNumber).ShouldBe("A1");
        (await SearchAsync(new(SearchFor.Studies) { Matching = new Dictionary<DicomTag, string> { [DicomTag.PatientID] = "nobody" } })).ShouldBeEmpty();
    }

    [Fact]
    public async Task Frames_and_pictures_come_as_bytes()
    {
        var instance = new RetrieveTarget(DicomWebOrthanc.Study, DicomWebOrthanc.Series, $"{DicomWebOrthanc.Series}.3");
        var frames = new List<byte[]>();
        await foreach (var frame in Client.FramesAsync(instance, [1], stop: Stop)) frames.Add(await ClientTests.ReadAsync(frame));
        frames.ShouldHaveSingleItem().ShouldBe(DicomWebOrthanc.Pixels(3));
        Encoding.Latin1.GetString(await Client.RenderedAsync(instance, "image/png", stop: Stop), 1, 3).ShouldBe("PNG");
        Encoding.Latin1.GetString(await Client.RenderedAsync(instance, "image/png", new RenderWindow(40, 400, WindowFunction.Linear), new Viewport(8, 8), stop: Stop), 1, 3).ShouldBe("PNG");
        (await Should.ThrowAsync<DicomWebException>(() => Client.RenderedAsync(instance, "image/png", most: 10, stop: Stop))).Fault.ShouldBe(DicomWebFault.Malformed);
    }

    private async Task<List<DicomDataset>> SearchAsync(InstanceQuery query)
    {
        var found = new List<DicomDataset>();
        await foreach (var set in Client.SearchAsync(query, Stop)) found.Add(set);
        return found;
    }
}
