using TriageWorker.Dicom;
using TriageWorker.Phantoms;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Scoring.Tests;

/// <summary>Studies that were compressed on their way, by other people's software.</summary>
public sealed class CompressedStudyTests(ScoringFixture fixture) : IClassFixture<ScoringFixture>
{
    private const double NeverFires = 2;

    [Theory]
    [InlineData("dcmcjpls", "+el")]
    [InlineData("dcmcjpeg", "+e1")]
    [InlineData("gdcmconv", "--j2k")]
    [InlineData("dcmconv", "+tb")]
    public async Task A_compressed_study_has_the_tensor_and_the_scores_of_the_plain_one(string tool, string argument)
    {
        using var role = fixture.Role(NeverFires);
        var plain = await fixture.ArriveAsync(Images());
        await role.RunAsync(plain);
        var compressed = await fixture.ArriveAsync(await CompressedAsync(Images(), tool, argument));
        await role.RunAsync(compressed);

        (await ResultAsync(compressed)).ShouldBe(await ResultAsync(plain));
    }

    [Fact]
    public async Task A_slice_that_no_decoder_can_read_is_named_and_the_study_is_not_analysed()
    {
        using var role = fixture.Role(NeverFires);
        var compressed = await CompressedAsync(Images(), "dcmcjpls", "+el");
        var study = await fixture.ArriveAsync(compressed, (n, bytes) => n == 7 ? Spoiled(bytes) : bytes);
        await role.RunAsync(study);

        var decision = (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem();
        decision.Outcome.ShouldBe("not_analysed");
        decision.Because.ShouldContain("slice 13 of 20, at z = ");
        decision.Because.ShouldContain("cannot be decoded: ");
        (await fixture.CountAsync("result", study)).ShouldBe(0);
    }

    private async Task<(string Tensor, string Scores)> ResultAsync(StudyUid study) => (await fixture.ListAsync(
        "select encode(tensor_digest, 'hex'), scores::text from result join generation on id = generation_id where study_uid = $1",
        row => (row.GetString(0), row.GetString(1)), study.Value)).ShouldHaveSingleItem();

    private static DicomFile[] Images() =>
        [.. PhantomDicom.Images(Phantom.Draw(ScoringFixture.SmallPhantom(), cancellation: TestContext.Current.CancellationToken), new PhantomWriteOptions { Identity = Guid.NewGuid().ToString() })
            .Select(image => new DicomFile(image.Dataset))];

    private static async Task<DicomFile[]> CompressedAsync(IReadOnlyList<DicomFile> files, string tool, string argument)
    {
        using var folder = new TemporaryFolder();
        var compressed = new List<DicomFile>();
        foreach (var (n, file) in files.Index())
        {
            file.Write(folder.At($"{n}.plain"));
            (await ExternalTool.RunAsync(tool, argument, folder.At($"{n}.plain"), folder.At($"{n}.dcm"))).Expect();
            compressed.Add(DicomFile.Parse(await File.ReadAllBytesAsync(folder.At($"{n}.dcm"))));
        }

        return [.. compressed];
    }

    // The marker that begins the JPEG-LS scan goes, so that there is nothing to decode.
    private static byte[] Spoiled(byte[] bytes)
    {
        var scan = bytes.AsSpan().LastIndexOf(new byte[] { 0xFF, 0xDA });
        scan.ShouldBeGreaterThan(0);
        bytes.AsSpan(scan, 40).Clear();
        return bytes;
    }
}
