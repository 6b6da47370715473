using System.Text.Json;
using System.Text.Json.Nodes;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Files;

/// <summary>What we write in each uncompressed syntax is to DCMTK the same data set as the file it was read from.</summary>
public sealed class DcmtkReadsOursTests : IDisposable
{
    private static readonly string[] Syntaxes =
        [DicomUid.ImplicitVRLittleEndian, DicomUid.ExplicitVRLittleEndian, DicomUid.ExplicitVRBigEndian, DicomUid.DeflatedExplicitVRLittleEndian];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Files =>
    [
        "ct/ts_abdpelvis_3mm", "corpus/pydicom_test_files/rtplan.dcm", "corpus/pydicom_test_files/waveform_ecg.dcm", "corpus/pydicom_test_files/ExplVR_BigEnd.dcm",
        "corpus/pydicom_test_files/reportsi.dcm", "corpus/pydicom_test_files/image_dfl.dcm", "corpus/dcmqi/segmentations/liver.dcm",
    ];

    [Theory, MemberData(nameof(Files))]
    public async Task Dcmtk_reads_the_same_values_from_what_we_write(string name)
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var path = Shared.At("data", name);
        if (Directory.Exists(path)) path = Directory.EnumerateFiles(path, "*.dcm", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        var original = await ReadAsync(path);
        original.Count.ShouldBeGreaterThan(20);
        var read = DicomFile.Read(path);
        foreach (var uid in Syntaxes)
        {
            var written = _folder.At(uid);
            new DicomFile(read.Dataset, TransferSyntax.Of(uid)).Write(written);
            new DicomFile(read.Dataset.Clone(), TransferSyntax.Of(uid)).Write(written + ".clone");
            foreach (var file in new[] { written, written + ".clone" })
            {
                var values = await ReadAsync(file);
                foreach (var (tag, value) in original) JsonNode.DeepEquals(values[tag], value).ShouldBeTrue($"{tag} in {TransferSyntax.Of(uid).Name}: {Cut(value)} became {Cut(values[tag])}");
                values.Count.ShouldBe(original.Count, uid);
            }
        }
    }

    private static string Cut(JsonNode? node) => node?.ToJsonString() is { } text ? text[..Math.Min(200, text.Length)] : "nothing";

    /// <summary>Public attributes only: without a VR in the file, those of manufacturers depend on dcm2json's private dictionaries.</summary>
    private static async Task<Dictionary<string, JsonNode?>> ReadAsync(string path)
    {
        var said = (await ExternalTool.RunAsync("dcm2json", "-q", "-fc", path)).Expect().Output;
        var all = JsonNode.Parse(said, documentOptions: new JsonDocumentOptions { AllowTrailingCommas = true })!.AsObject();
        if (all["7FE00010"] is { } pixels && pixels["vr"]!.GetValue<string>() == "OB") pixels["vr"] = "OW"; // in implicit VR pixels are always OW (PS3.5, A.1)
        return all.Where(each => Convert.ToUInt32(each.Key, 16) is var tag && tag >> 16 != 2 && (tag & 0xFFFF) != 0 && (tag >> 16 & 1) == 0).ToDictionary(each => each.Key, each => each.Value);
    }
}
