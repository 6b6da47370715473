using TriageWorker.Dicom.Tests.Files;

namespace TriageWorker.Dicom.Tests.DataSets;

/// <summary>Every value representation (PS3.5, table 6.2-1) in every uncompressed encoding, both ways beside pydicom.</summary>
public sealed class EveryVrTests(EveryVrFiles files) : IClassFixture<EveryVrFiles>
{
    public static TheoryData<string, string> Places =>
        [.. EveryVrFiles.Syntaxes.SelectMany(syntax => EveryVrFiles.Cases.Select(each => new TheoryDataRow<string, string>(each.VR.ToString(), syntax.Name)))];

    [Fact]
    public void No_value_representation_is_left_out() =>
        EveryVrFiles.Cases.Select(each => each.VR).ShouldBe(Enum.GetValues<DicomVR>().Where(vr => vr != DicomVR.None), ignoreOrder: true);

    [Theory, MemberData(nameof(Places))]
    public void What_we_write_is_what_pydicom_and_we_read(string vr, string syntax)
    {
        var (each, encoding) = Of(vr, syntax);
        var pydicom = files.ReadByPydicom(each.VR, encoding);
        Assert.SkipUnless(pydicom is not null, "pydicom is not here: install python3-pydicom.");
        var expected = EveryVrFiles.Said(vr, each.Values, "AFTER");
        pydicom.ShouldBe(expected);
        Reading(files.Ours(each.VR, encoding), each.Tag, encoding).ShouldBe(expected);
    }

    [Theory, MemberData(nameof(Places))]
    public void What_pydicom_writes_is_what_we_read(string vr, string syntax)
    {
        var (each, encoding) = Of(vr, syntax);
        Assert.SkipUnless(files.ReadByPydicom(each.VR, encoding) is not null, "pydicom is not here: install python3-pydicom.");
        Reading(files.Theirs(each.VR, encoding), each.Tag, encoding).ShouldBe(EveryVrFiles.Said(vr, each.Values, "AFTER"));
    }

    private static string Reading(string path, uint tag, TransferSyntax syntax)
    {
        var file = DicomFile.Read(path);
        file.TransferSyntax.ShouldBe(syntax);
        file.Remarks.ShouldBeEmpty();
        return EveryVrFiles.ReadByUs(file.Dataset, new DicomTag(tag));
    }

    private static ((DicomVR VR, uint Tag, string[] Values), TransferSyntax) Of(string vr, string syntax) =>
        (EveryVrFiles.Cases.Single(each => each.VR.ToString() == vr), EveryVrFiles.Syntaxes.Single(each => each.Name == syntax));
}
