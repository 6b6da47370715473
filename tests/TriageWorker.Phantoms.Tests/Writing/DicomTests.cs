using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.Phantoms.Tests.Writing;

public sealed class DicomTests
{
    [Theory]
    [InlineData(PhantomKind.Abdomen, 12)]
    [InlineData(PhantomKind.Localizer, 2)]
    [InlineData(PhantomKind.MagneticResonance, 10)]
    [InlineData(PhantomKind.SecondaryCapture, 1)]
    public async Task Every_kind_satisfies_the_validator(PhantomKind kind, int files)
    {
        using var folder = new TemporaryFolder();
        var written = PhantomDicom.Write(Draw(kind), folder.Path, new PhantomWriteOptions { WithScout = true });
        written.Files.Count.ShouldBe(files);
        foreach (var file in written.Files)
        {
            var said = (await ExternalTool.RunAsync("dciodvfy", "-new", file)).Expect().Output;
            said.ShouldNotContain("Error", customMessage: file);
            said.ShouldNotContain("Warning", customMessage: file);
        }
    }

    [Fact]
    public async Task A_study_with_contrast_in_implicit_vr_satisfies_the_validator_too()
    {
        var study = Enumerable.Range(0, 50).Select(seed => Draw(PhantomKind.Abdomen, seed)).First(s => s.Patient.Contrast);
        using var folder = new TemporaryFolder();
        var written = PhantomDicom.Write(study, folder.Path, new PhantomWriteOptions { TransferSyntax = TransferSyntax.ImplicitVRLittleEndian });
        var said = (await ExternalTool.RunAsync("dciodvfy", "-new", written.Files[0])).Expect().Output;
        said.ShouldNotContain("Error");
        said.ShouldNotContain("Warning");
        DicomFile.Read(written.Files[0]).TransferSyntax.ShouldBe(TransferSyntax.ImplicitVRLittleEndian);
    }

    [Fact]
    public void Files_hold_the_volume_that_was_drawn_where_it_was_drawn()
    {
        var study = Draw(PhantomKind.Abdomen);
        var (g, images) = (study.Geometry, PhantomDicom.Images(study).Select(image => image.Dataset).ToList());
        for (var index = 0; index < images.Count; index++)
        {
            var slice = g.Slices - 1 - index; // from head to feet
            var image = images[index];
            image.GetInt32(DicomTag.InstanceNumber).ShouldBe(index + 1);
            var position = image.GetDoubles(DicomTag.ImagePositionPatient);
            position[0].ShouldBe(g.OriginX, 1e-4);
            position[1].ShouldBe(g.OriginY, 1e-4);
            position[2].ShouldBe(g.OriginZ + slice * g.SliceSpacing, 1e-4);
            image.GetDoubles(DicomTag.PixelSpacing)[0].ShouldBe(g.PixelSpacing);
            var bytes = image.GetBytes(DicomTag.PixelData).Span;
            var intercept = image.GetInt32(DicomTag.RescaleIntercept)!.Value;
            for (var i = 0; i < g.Rows * g.Columns; i++)
                if (BitConverter.ToUInt16(bytes[(2 * i)..]) + intercept != study.Slice(slice)[i]) Assert.Fail($"Slice {slice}, pixel {i} differs.");
        }
    }

    [Fact]
    public void The_same_spec_and_identity_give_the_same_bytes_and_another_identity_another_study_of_the_same_patient()
    {
        var study = Draw(PhantomKind.Abdomen);
        using TemporaryFolder one = new(), two = new(), three = new();
        PhantomFiles first = PhantomDicom.Write(study, one.Path), second = PhantomDicom.Write(study, two.Path);
        var fresh = PhantomDicom.Write(study, three.Path, PhantomWriteOptions.Fresh(TimeProvider.System));
        second.StudyInstanceUid.ShouldBe(first.StudyInstanceUid);
        foreach (var (a, b) in first.Files.Zip(second.Files)) File.ReadAllBytes(b).ShouldBe(File.ReadAllBytes(a));
        fresh.StudyInstanceUid.ShouldNotBe(first.StudyInstanceUid);
        fresh.AccessionNumber.ShouldNotBe(first.AccessionNumber);
        fresh.PatientId.ShouldBe(first.PatientId);
    }

    [Fact]
    public void Uids_are_valid_and_each_image_has_its_own()
    {
        var images = PhantomDicom.Images(Draw(PhantomKind.Abdomen), new PhantomWriteOptions { WithScout = true }).Select(image => image.Dataset).ToList();
        var uids = images.Select(image => image.GetString(DicomTag.SOPInstanceUID)).ToList();
        uids.ShouldBeUnique();
        uids.ShouldAllBe(uid => DicomUid.IsValid(uid));
        images.Select(image => image.GetString(DicomTag.StudyInstanceUID)).Distinct().ShouldHaveSingleItem();
        images.Select(image => image.GetString(DicomTag.SeriesInstanceUID)).Distinct().Count().ShouldBe(2);
        images.Select(image => image.GetString(DicomTag.FrameOfReferenceUID)).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public void A_phantom_says_in_every_image_that_it_is_one()
    {
        foreach (var kind in Enum.GetValues<PhantomKind>())
            foreach (var (_, image) in PhantomDicom.Images(Draw(kind)))
            {
                image.GetString(DicomTag.PatientName)!.ShouldStartWith("PHANTOM^");
                image.GetString(DicomTag.StudyDescription)!.ShouldStartWith("SYNTHETIC");
                image.GetString(DicomTag.SeriesDescription)!.ShouldStartWith("SYNTHETIC");
                image.GetString(DicomTag.QualityControlImage).ShouldBe("YES");
                image.GetString(DicomTag.Manufacturer).ShouldBe("TriageWorker Phantom");
            }
    }

    [Theory, InlineData(0), InlineData(59), InlineData(359), InlineData(-7)]
    public void Age_agrees_with_birth_and_study_date(int seed)
    {
        var study = Draw(PhantomKind.SecondaryCapture, seed);
        var image = PhantomDicom.Images(study).Single().Dataset;
        DateOnly Day(DicomTag tag) => DateOnly.ParseExact(image.GetString(tag)!, "yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
        DateOnly born = Day(DicomTag.PatientBirthDate), done = Day(DicomTag.StudyDate);
        var age = done.Year - born.Year - (born.AddYears(done.Year - born.Year) > done ? 1 : 0);
        age.ShouldBe(study.Patient.Age);
        image.GetString(DicomTag.PatientAge).ShouldBe($"{age:000}Y");
    }

    private static PhantomStudy Draw(PhantomKind kind, int seed = 3)
        => Phantom.Draw(new PhantomSpec { Seed = seed, Kind = kind, Matrix = 40, Slices = 10, Findings = PhantomFindings.Ascites });
}
