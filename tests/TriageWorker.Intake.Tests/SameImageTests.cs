using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Intake.Tests;

/// <summary>The same UID again: the same image in another syntax, another image, and two senders at once.</summary>
public sealed class SameImageTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DicomUid.ImplicitVRLittleEndian)]
    [InlineData(DicomUid.ExplicitVRBigEndian)]
    [InlineData(DicomUid.DeflatedExplicitVRLittleEndian)]
    public async Task The_same_image_in_another_syntax_is_no_conflict_and_one_image(string syntax)
    {
        var (study, rows) = await PushBothAsync(seed: 31, file => DicomFile.Read(file).Dataset, TransferSyntax.Of(syntax));

        rows.ShouldAllBe(row => !row.Conflict);
        rows.Select(row => row.TransferSyntax).ShouldBe([DicomUid.ExplicitVRLittleEndian, syntax]);
        (await postgres.Get<StudyStore>().FindAsync(study, Stop))!.Images.ShouldBe(1);
        (await SentencesAsync(study)).ShouldBeEmpty();
        (await postgres.Get<StudyStore>().InstancesAsync(study, null, Stop)).Single().Digest.ShouldBe(rows[0].Digest, "the first is used");
    }

    [Fact]
    public async Task Other_pixels_in_another_syntax_are_a_conflict_that_says_so()
    {
        var (study, rows) = await PushBothAsync(seed: 32, file =>
        {
            var dataset = DicomFile.Read(file).Dataset;
            var pixels = dataset.GetBytes(DicomTag.PixelData).ToArray();
            pixels[^1] ^= 1;
            return dataset.Set(DicomTag.PixelData, DicomVR.OW, pixels);
        }, TransferSyntax.DeflatedExplicitVRLittleEndian);

        rows.ShouldAllBe(row => row.Conflict);
        (await SentencesAsync(study)).ShouldBe(["1 image came with another content under a UID that was known (the pixels differ); both are kept, the first is used."]);
    }

    [Fact]
    public async Task Another_attribute_in_another_syntax_is_a_conflict_that_names_it_and_tells_no_value()
    {
        var (study, rows) = await PushBothAsync(seed: 33, file => DicomFile.Read(file).Dataset.Set(DicomTag.PatientName, "Other^Name"), TransferSyntax.ExplicitVRBigEndian);

        rows.ShouldAllBe(row => row.Conflict);
        (await SentencesAsync(study)).ShouldBe(["1 image came with another content under a UID that was known (attribute (0010,0010) PatientName differs); both are kept, the first is used."]);
    }

    [Fact]
    public async Task A_compressed_copy_that_cannot_be_decoded_here_counts_as_a_conflict_and_says_why()
    {
        using var folder = new TemporaryFolder();
        var file = SomeFiles.Write(folder.At("study"), seed: 34, slices: 1).Files[0];
        (await ExternalTool.RunAsync("dcmcrle", [file, folder.At("rle.dcm")])).Expect();

        var (study, rows) = await PushBothAsync(folder, file, folder.At("rle.dcm"));

        rows.ShouldAllBe(row => row.Conflict);
        (await SentencesAsync(study)).Single().ShouldContain("not comparable: no decoder for RLE Lossless is installed");
    }

    [Fact]
    public async Task Many_senders_of_one_image_at_once_all_get_success_and_leave_one_file_and_one_row()
    {
        const int Senders = 8;
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 35, slices: 2);
        await using (var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool")))
        {
            // Each has its association open before the first sends, so that they really are at it at once.
            var associations = await Task.WhenAll(Enumerable.Range(0, Senders).Select(number =>
                DicomAssociation.RequestAsync(intake.Call($"CT{number}") with { Contexts = AssociationRequest.ForFiles(study.Files) }, Stop)));
            foreach (var file in study.Files)
                (await Task.WhenAll(associations.Select(association => association.StoreAsync(file, Stop)))).ShouldAllBe(status => status.IsSuccess);
            await Task.WhenAll(associations.Select(association => association.ReleaseAsync(Stop)));
            foreach (var association in associations) await association.DisposeAsync();
        }

        (await postgres.CountAsync("select count(*) from instance where study_uid = $1", study.StudyInstanceUid)).ShouldBe(2);
        Directory.GetFiles(folder.At("spool", "objects"), "*.dcm", SearchOption.AllDirectories).Length.ShouldBe(2);
        Directory.GetFiles(folder.At("spool", "incoming"), "*.part", SearchOption.AllDirectories).ShouldBeEmpty();
        (await postgres.Get<StudyStore>().FindAsync(new StudyUid(study.StudyInstanceUid), Stop))!.Images.ShouldBe(2);
        new SpoolVerification(new SpoolOptions { Folder = folder.At("spool") }).Faults(() => { }, Stop).ShouldBeEmpty();
    }

    private async Task<(StudyUid, List<InstanceRow>)> PushBothAsync(int seed, Func<string, DicomDataset> other, TransferSyntax syntax)
    {
        using var folder = new TemporaryFolder();
        var file = SomeFiles.Write(folder.At("study"), seed, slices: 1, identity: syntax.Uid).Files[0];
        new DicomFile(other(file), syntax).Write(folder.At("other.dcm"));
        return await PushBothAsync(folder, file, folder.At("other.dcm"));
    }

    /// <summary>Both contents, the first first, once they are compared.</summary>
    private async Task<(StudyUid, List<InstanceRow>)> PushBothAsync(TemporaryFolder folder, string first, string other)
    {
        var sop = new SopInstanceUid(Part10Head.Read(first).SopInstanceUid);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        (await intake.PushAsync([first], Stop)).ShouldBe([DimseStatus.Success]);
        (await intake.PushAsync([other], Stop)).ShouldBe([DimseStatus.Success]);
        await Rows.UntilAsync(async _ => await postgres.CountAsync("select count(*) from instance where sop_uid = $1 and not suspect", sop.Value) == 2);
        var rows = await postgres.Get<StudyStore>().InstanceAsync(sop, Stop);
        rows.ShouldAllBe(row => File.Exists(folder.At("spool", row.Path)));
        return (rows[0].Study, rows);
    }

    private async Task<IReadOnlyList<string>> SentencesAsync(StudyUid study) =>
        ImagesSaid.Of((await postgres.Get<StudyPageStore>().FindAsync(study, Stop))!, TimeZoneInfo.Utc);
}
