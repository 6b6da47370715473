using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Verbs;

public sealed class PhantomVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_study_is_written_with_what_was_asked_for_and_said_to_be_so()
    {
        var said = (await DrawAsync("ascites,free-air")).Expect().Output;

        var headers = Directory.GetFiles(_folder.At("study")).Select(file => DicomFile.Read(file, DicomReadOptions.HeaderOnly).Dataset).ToList();
        headers.Count.ShouldBe(5);
        headers.ShouldAllBe(header => header.GetString(DicomTag.SOPClassUID) == DicomUid.CTImageStorage);
        said.ShouldContain($"5 files in {_folder.At("study")}, study {headers.Select(header => header.GetString(DicomTag.StudyInstanceUID)).Distinct().Single()}");
        said.ShouldContain("drawn: ascites, free-air");
    }

    [Fact]
    public async Task A_finding_that_cannot_be_drawn_is_refused_with_those_that_can()
    {
        var refused = await DrawAsync("ascites,gallstones");
        refused.ExitCode.ShouldNotBe(0);
        refused.Output.ShouldContain("gallstones");
        refused.Output.ShouldContain("ascites, pleural-effusion, free-air, splenomegaly");
        Directory.Exists(_folder.At("study")).ShouldBeFalse();
    }

    private Task<ToolResult> DrawAsync(string findings) =>
        TriageProgram.RunAsync("phantom", "--finding", findings, "--slices", "5", "--seed", "7", "--out", _folder.At("study"));
}
