using TriageWorker.Host.Demo;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Demo;

public sealed class OwnStudiesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_study_of_a_folder_is_told_apart()
    {
        var first = Write("a", seed: 1);
        var second = Write("b", seed: 2);
        var studies = OwnStudies.In(_folder.Path);
        studies.Select(study => study.Uid!.Value.Value).ShouldBe([first, second]);
        studies.ShouldAllBe(study => study.Files.Count == 3);
    }

    [Fact]
    public void A_folder_without_any_dicom_is_one_entry_that_names_its_files()
    {
        File.WriteAllText(_folder.At("notes.txt"), "no image");
        var study = OwnStudies.In(_folder.Path).ShouldHaveSingleItem();
        study.Uid.ShouldBeNull();
        study.Unsuitable.ShouldHaveSingleItem().Path.ShouldEndWith("notes.txt");
    }

    [Fact]
    public void A_folder_that_is_not_there_is_told_before_anything_starts() => Should.Throw<UserFault>(() => OwnStudies.In(_folder.At("nowhere")));

    private string Write(string name, int seed) =>
        PhantomDicom.Write(Phantom.Draw(new PhantomSpec { Seed = seed, Slices = 3, Matrix = 32 }), _folder.At(name)).StudyInstanceUid;
}
