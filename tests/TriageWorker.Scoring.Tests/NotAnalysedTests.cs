using TriageWorker.Dicom;
using TriageWorker.Phantoms;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Scoring.Tests;

public sealed class NotAnalysedTests(ScoringFixture fixture) : IClassFixture<ScoringFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<string> SentenceOf(StudyUid study)
    {
        using var role = fixture.Role(0);
        await role.RunAsync(study);
        var decision = (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem();
        decision.Outcome.ShouldBe("not_analysed");
        (await fixture.CountAsync("result", study)).ShouldBe(0);
        (await fixture.CountAsync("generation", study)).ShouldBe(0);
        (await fixture.ListAsync("select state, because from worklist where study_uid = $1", row => (row.GetString(0), row.GetString(1)), study.Value))
            .ShouldBe([("not_analysed", decision.Because)]);
        return decision.Because;
    }

    private static DicomFile[] Images(PhantomSpec spec) =>
        [.. PhantomDicom.Images(Phantom.Draw(spec, cancellation: Stop), new PhantomWriteOptions { Identity = Guid.NewGuid().ToString() }).Select(i => new DicomFile(i.Dataset))];

    [Fact]
    public async Task An_MR_study() =>
        (await SentenceOf(await fixture.ArriveAsync(ScoringFixture.SmallPhantom(PhantomKind.MagneticResonance)))).ShouldBe("Not analysed because the images are MR, not CT (20 images).");

    [Fact]
    public async Task A_study_of_localizers_only() =>
        (await SentenceOf(await fixture.ArriveAsync(ScoringFixture.SmallPhantom(PhantomKind.Localizer)))).ShouldBe("Not analysed because the images are localizers (scouts) (2 images).");

    [Fact]
    public async Task A_screenshot() =>
        (await SentenceOf(await fixture.ArriveAsync(ScoringFixture.SmallPhantom(PhantomKind.SecondaryCapture)))).ShouldBe("Not analysed because the images are secondary captures (screenshots), not CT (1 image).");

    [Fact]
    public async Task A_slice_whose_pixels_are_cut_short() =>
        (await SentenceOf(await fixture.ArriveAsync(Images(ScoringFixture.SmallPhantom()), (n, bytes) => n == 7 ? bytes[..^100] : bytes)))
            .ShouldBe("Not analysed because in 1 of 20 slices pixel data is cut short: 8092 of 8192 bytes (20 images).");

    [Fact]
    public async Task A_study_of_garbage() =>
        (await SentenceOf(await fixture.ArriveAsync(Images(ScoringFixture.SmallPhantom(slices: 3)), (_, bytes) => [.. bytes.Reverse()])))
            .ShouldBe("Not analysed because a file is not readable as DICOM: This is not a DICOM file (at byte 0) (3 images).");

    [Fact]
    public async Task A_missing_slice_in_the_middle()
    {
        var images = Images(ScoringFixture.SmallPhantom());

        (await SentenceOf(await fixture.ArriveAsync([.. images[..9], .. images[10..]]))).ShouldContain("1 of 20 slices is missing at z = ");
    }

    [Fact]
    public async Task A_child()
    {
        var images = Images(ScoringFixture.SmallPhantom());
        foreach (var image in images) image.Dataset.Set(DicomTag.PatientAge, "007Y");

        (await SentenceOf(await fixture.ArriveAsync(images))).ShouldBe("Not analysed because the patient is 7 years old and the model reads no one under 18 (20 images).");
    }

    [Fact]
    public async Task A_child_that_only_its_birth_date_tells()
    {
        var images = Images(ScoringFixture.SmallPhantom());
        foreach (var image in images)
        {
            image.Dataset.Remove(DicomTag.PatientAge);
            image.Dataset.Set(DicomTag.PatientBirthDate, "20240301").Set(DicomTag.StudyDate, "20250228");
        }

        (await SentenceOf(await fixture.ArriveAsync(images))).ShouldBe("Not analysed because the patient is less than a year old and the model reads no one under 18 (20 images).");
    }

    [Fact]
    public async Task Each_series_of_a_study_has_its_own_reason()
    {
        var (dose, mr) = (Images(ScoringFixture.SmallPhantom(slices: 12)), Images(ScoringFixture.SmallPhantom(PhantomKind.MagneticResonance, slices: 10)));
        foreach (var image in dose) image.Dataset.Set(DicomTag.ImageType, "DERIVED", "SECONDARY", "SCREEN SAVE");
        foreach (var image in mr) image.Dataset.Set(DicomTag.StudyInstanceUID, dose[0].Dataset.GetString(DicomTag.StudyInstanceUID)!)
            .Set(DicomTag.PatientID, dose[0].Dataset.GetString(DicomTag.PatientID)!).Set(DicomTag.PatientBirthDate, dose[0].Dataset.GetString(DicomTag.PatientBirthDate) ?? "");

        var study = await fixture.ArriveAsync([.. dose, .. mr]);

        (await SentenceOf(study)).ShouldBe("Not analysed because no series can be read: the images are a page of dose figures or a screenshot (SCREEN SAVE), not slices (12 images); the images are MR, not CT (10 images).");
        (await fixture.ListAsync("select reason from selection where study_uid = $1 order by id", row => row.GetString(0), study.Value))
            .ShouldBe(["Not chosen: the images are a page of dose figures or a screenshot (SCREEN SAVE), not slices.", "Not chosen: the images are MR, not CT."], ignoreOrder: true);
    }

    [Fact]
    public async Task Saying_the_same_again_adds_no_second_decision()
    {
        var images = Images(ScoringFixture.SmallPhantom(PhantomKind.Localizer));
        using var role = fixture.Role(0);
        var study = await fixture.ArriveAsync(images);
        await role.RunAsync(study);
        await fixture.ListAsync("update work set state = 'due' where study_uid = $1 and stage = 'scoring' returning id", row => row.GetInt64(0), study.Value);

        await role.RunAsync(study);

        (await fixture.CountAsync("decision", study)).ShouldBe(1);
    }

    [Fact]
    public async Task A_file_that_is_gone_is_a_technical_fault_tried_again_and_then_said()
    {
        using var role = fixture.Role(0, maxAttempts: 1);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        foreach (var file in Directory.GetFiles(fixture.Spool)) File.Delete(file);

        await using (var claim = (await fixture.Queue.ClaimAsync(Stage.Scoring, 1, Stop)).ShouldNotBeNull())
        {
            var fault = await Should.ThrowAsync<IOException>(() => role.Work.RunAsync(claim, Stop));
            await claim.FailAsync(SomeFaults.Passing(fault.Message), role.Work.Retry, Stop);
        }

        (await fixture.CountAsync("decision", study)).ShouldBe(0);
        await using (var last = (await fixture.Queue.ClaimAsync(Stage.Scoring, 1, Stop)).ShouldNotBeNull())
        {
            last.Work.Exhausted.ShouldBeTrue();
            await role.Work.GiveUpAsync(last, last.Work.LastError!, Stop);
        }

        var decision = (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem();
        decision.Outcome.ShouldBe("not_analysed");
        decision.Because.ShouldStartWith("Not analysed because of a technical fault: 1 attempts failed, the last with \"");
        (await fixture.ListAsync("select state from work where study_uid = $1 and stage = 'scoring'", row => row.GetString(0), study.Value)).ShouldBe(["dead"]);
    }
}
