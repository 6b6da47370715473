using TriageWorker.Dicom;
using TriageWorker.Phantoms;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Scoring.Tests;

/// <summary>Images of a study whose others retention has taken.</summary>
public sealed class LateAfterRemovalTests(ScoringFixture fixture) : IClassFixture<ScoringFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_late_slice_is_not_scored_alone_and_the_verdict_stands()
    {
        var files = Files();
        using var role = fixture.Role(-2);
        var study = await fixture.ArriveAsync(files[..^1]);
        await role.RunAsync(study);
        await RemoveAsync(study, files.Length - 1);

        await fixture.ArriveAsync(files[^1..]);
        await role.RunAsync(study);

        var decisions = await fixture.DecisionsAsync(study);
        decisions.Select(decision => decision.Outcome).ShouldBe(["positive", "not_analysed"]);
        decisions[1].Because.ShouldStartWith("dense volume ");
        decisions[1].Because.ShouldEndWith("Later images were not analysed because 19 images of the series are removed (they are old), and what came later is no series by itself.");
        (await fixture.CountAsync("result", study)).ShouldBe(1);
        (await fixture.ListAsync("select state, flag_level from worklist where study_uid = $1", row => (row.GetString(0), row.GetInt16(1)), study.Value)).ShouldBe([("positive", (short)2)]);
    }

    [Fact]
    public async Task A_series_that_comes_again_whole_is_scored_again()
    {
        var files = Files();
        using var role = fixture.Role(-2);
        var study = await fixture.ArriveAsync(files[..^1]);
        await role.RunAsync(study);
        await RemoveAsync(study, files.Length - 1);

        await fixture.ArriveAsync(files);
        await role.RunAsync(study);

        (await fixture.DecisionsAsync(study)).Select(decision => decision.Outcome).ShouldBe(["positive", "positive"]);
        (await fixture.CountAsync("result", study)).ShouldBe(2);
    }

    private static DicomFile[] Files() =>
        [.. PhantomDicom.Images(Phantom.Draw(ScoringFixture.SmallPhantom(), cancellation: Stop), new PhantomWriteOptions { Identity = Guid.NewGuid().ToString() }).Select(image => new DicomFile(image.Dataset))];

    private async Task RemoveAsync(StudyUid study, int images) =>
        (await fixture.Get<RemovalStore>().RemoveAsync(study, Guid.NewGuid(), TimeProvider.System.GetUtcNow(), _ => true, "they are old", Stop)).ShouldHaveSingleItem().Images.ShouldBe(images);
}
