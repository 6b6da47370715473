using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd.Completeness;

/// <summary>How often a study is scored, whatever way its images come: a real listener, a real database, and time that the test lets pass.</summary>
/// <remarks>Unless a caller is known better: 2 s of silence and slices without a gap close a series, 5 s a study.</remarks>
public sealed class GenerationCountTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new(server);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _postgres.InitializeAsync();

    public ValueTask DisposeAsync() => _postgres.DisposeAsync();

    [Theory]
    [InlineData(1.5, 1)] // a pause that is waited for
    [InlineData(20, 2)] // one that nobody could know of: the second burst is late images of the series that was scored
    public async Task Two_bursts_with_a_pause(double pause, int generations)
    {
        await using var department = await Department.OpenAsync(_postgres);
        var scans = new SomeScans(department.Folder.At("study"));
        var files = scans.Axial(24);
        var caller = $"BURST{pause * 10:0}";

        await department.PushAsync(caller, files[..12]);
        await department.PassAsync(pause);
        await department.PushAsync(caller, files[12..]);
        await department.PassAsync(60);

        (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(generations);
        (await department.IsClosedAsync(scans.StudyUid)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_caller_that_always_pauses_between_bursts_is_waited_for_once_it_is_known()
    {
        await using var department = await Department.OpenAsync(_postgres);
        var counts = new List<long>();
        for (var study = 0; study < 5; study++)
        {
            var scans = new SomeScans(department.Folder.At($"study{study}"));
            var files = scans.Axial(24);
            await department.PushAsync("PAUSES", files[..12]);
            await department.PassAsync(20);
            await department.PushAsync("PAUSES", files[12..]);
            await department.PassAsync(60);
            counts.Add(await department.GenerationsAsync(scans.StudyUid));
            if (study == 4) (await department.EvidenceAsync(scans.StudyUid)).ShouldHaveSingleItem().ShouldMatch(@"nothing for 3\d\.\d s; the longest pauses of PAUSES in \d+ studies are 2\d\.\d s\.$");
        }

        // A study that was closed too soon is learned from twice: with the pause it was known by, and with the one it had.
        counts.ShouldBe([2, 2, 2, 1, 1]);
    }

    [Fact]
    public async Task Interleaved_studies()
    {
        await using var department = await Department.OpenAsync(_postgres);
        var (one, other) = (new SomeScans(department.Folder.At("one")), new SomeScans(department.Folder.At("other")));
        var (ones, others) = (one.Axial(12), other.Axial(12));

        for (var image = 0; image < 12; image += 3)
        {
            await department.PushAsync("CT20", ones[image..(image + 3)]);
            await department.PassAsync(0.5);
            await department.PushAsync("CT20", others[image..(image + 3)]);
            await department.PassAsync(0.5);
        }

        await department.PassAsync(30);
        (await department.GenerationsAsync(one.StudyUid)).ShouldBe(1);
        (await department.GenerationsAsync(other.StudyUid)).ShouldBe(1);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Two_associations_with_halves_of_a_series(bool atOnce)
    {
        await using var department = await Department.OpenAsync(_postgres);
        var scans = new SomeScans(department.Folder.At("study"));
        var files = scans.Axial(24);
        var caller = $"HALVES{atOnce}";
        if (atOnce)
        {
            await using var first = await department.ConnectAsync(caller, files);
            await using var second = await department.ConnectAsync(caller, files);
            foreach (var file in files[..12]) await first.StoreAsync(file, Stop);
            await first.ReleaseAsync(Stop);
            await department.IndexedAsync(scans.StudyUid, 12);
            await department.PassAsync(30);
            (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(0, "the second association is still open");
            foreach (var file in files[12..]) await second.StoreAsync(file, Stop);
            await second.ReleaseAsync(Stop);
            await department.IndexedAsync(scans.StudyUid, 24);
            await Department.UntilAsync(async () => await department.CountAsync("select count(*) from association where calling_ae = $1 and ended_at is not null", caller) == 2);
        }
        else
        {
            await department.PushAsync(caller, files[..12]);
            await department.PassAsync(1);
            await department.PushAsync(caller, files[12..]);
        }

        await department.PassAsync(60);
        (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(1);
    }

    [Fact]
    public async Task A_slice_after_completion_is_a_new_generation_and_an_image_of_another_series_is_not()
    {
        await using var department = await Department.OpenAsync(_postgres);
        var scans = new SomeScans(department.Folder.At("study"));
        var (files, scout) = (scans.Axial(24), scans.Scout());
        await department.PushAsync("CT30", [.. files[..23], scout[0]]);
        await department.PassAsync(10);
        (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(1);

        await department.PassAsync(600);
        await department.PushAsync("CT30", scout[1]);
        await department.PassAsync(60);
        (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(1);
        (await department.DecisionsAsync(scans.StudyUid)).ShouldBe(1);
        (await department.EvidenceAsync(scans.StudyUid))[^1].ShouldEndWith("The series that was scored is the same, so nothing is scored again.");

        await department.PassAsync(600);
        await department.PushAsync("CT30", files[23]);
        await department.PassAsync(60);
        (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(2);
        (await department.DecisionsAsync(scans.StudyUid)).ShouldBe(2);
    }

    [Theory]
    [InlineData(40, 2)] // it covers more than the one that was read
    [InlineData(12, 1)] // it covers less
    public async Task A_series_that_comes_while_the_first_is_being_scored_is_read_only_if_it_is_better(int slices, int generations)
    {
        await using var department = await Department.OpenAsync(_postgres);
        var scans = new SomeScans(department.Folder.At("study"));
        var caller = $"LATER{slices}";
        await department.PushAsync(caller, scans.Axial(24, number: 1));
        await department.PassAsync(3); // the first series is complete and scored, the study is not
        (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(1);
        (await department.IsClosedAsync(scans.StudyUid)).ShouldBeFalse();

        await department.PushAsync(caller, scans.Axial(slices, number: 2));
        await department.PassAsync(60);

        (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(generations);
        (await department.DecisionsAsync(scans.StudyUid)).ShouldBe(generations);
        (await department.EvidenceAsync(scans.StudyUid))[0].ShouldMatch(@": 24 slices without a gap|^24 slices without a gap cover 120 mm, association released, nothing for 2\.\d s\.$");
    }

    [Fact]
    public async Task Five_series_of_one_study()
    {
        await using var department = await Department.OpenAsync(_postgres);
        var scans = new SomeScans(department.Folder.At("study"));
        for (var series = 1; series <= 5; series++)
        {
            await department.PushAsync("FIVE", scans.Axial(8 + (4 * series), series)); // each better than the one before
            await department.PassAsync(1);
        }

        await department.PassAsync(30);
        (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(1);
        (await department.CountAsync("select count(*) from selection where study_uid = $1", scans.StudyUid)).ShouldBe(5);
    }

    [Fact]
    public async Task Six_hundred_images_at_one_per_second()
    {
        await using var department = await Department.OpenAsync(_postgres);
        var scans = new SomeScans(department.Folder.At("study"));
        var files = scans.Axial(600);
        await using (var association = await department.ConnectAsync("SLOW", files))
        {
            foreach (var file in files)
            {
                (await association.StoreAsync(file, Stop)).ShouldBe(DimseStatus.Success);
                await department.PassAsync(1);
            }

            (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(0);
            await association.ReleaseAsync(Stop);
        }

        await department.IndexedAsync(scans.StudyUid, 600);
        await Department.UntilAsync(async () => await department.CountAsync("select count(*) from association where calling_ae = 'SLOW' and ended_at is not null") == 1);
        await department.PassAsync(130);
        (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(1);
    }

    [Theory, InlineData(1), InlineData(4)]
    public async Task One_association_per_image(int secondsBetween)
    {
        await using var department = await Department.OpenAsync(_postgres);
        var scans = new SomeScans(department.Folder.At("study"));
        foreach (var file in scans.Axial(24))
        {
            await department.PushAsync($"SINGLE{secondsBetween}", file);
            await department.PassAsync(secondsBetween);
        }

        await department.PassAsync(60);
        (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(1);
    }

    [Fact]
    public async Task A_second_node_with_an_open_association_of_the_caller()
    {
        await using var department = await Department.OpenAsync(_postgres, listeners: 2);
        var scans = new SomeScans(department.Folder.At("study"));
        var files = scans.Axial(24);
        await using (var elsewhere = await department.ConnectAsync("CT40", files, node: 1))
        {
            await Department.UntilAsync(async () => await department.CountAsync("select count(*) from association where calling_ae = 'CT40'") == 1);
            await department.PushAsync("CT40", files[..12]);
            await department.PassAsync(120);
            (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(0);
            foreach (var file in files[12..]) (await elsewhere.StoreAsync(file, Stop)).ShouldBe(DimseStatus.Success);
            await elsewhere.ReleaseAsync(Stop);
        }

        await department.IndexedAsync(scans.StudyUid, 24);
        await Department.UntilAsync(async () => await department.CountAsync("select count(*) from association where calling_ae = 'CT40' and ended_at is not null") == 2);
        await department.PassAsync(200);
        (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(1);
    }

    [Theory, InlineData("before"), InlineData("during"), InlineData("after")]
    public async Task A_commitment_request(string when)
    {
        await using var department = await Department.OpenAsync(_postgres);
        var scans = new SomeScans(department.Folder.At("study"));
        string[] files = [.. scans.Axial(24), .. scans.Scout()];
        var caller = $"ASKS{when}";
        if (when == "before") await department.AskForCommitmentAsync(caller, files);
        await department.PushAsync(caller, files[..12]);
        if (when == "during") await department.AskForCommitmentAsync(caller, files);
        await department.SettleAsync();
        await department.PassAsync(1);
        await department.PushAsync(caller, files[12..]);
        if (when == "after") await department.AskForCommitmentAsync(caller, files);
        await department.PassAsync(1);

        (await department.IsClosedAsync(scans.StudyUid)).ShouldBeTrue("with its list, a study waits for no silence");
        (await department.EvidenceAsync(scans.StudyUid)).ShouldHaveSingleItem().ShouldMatch(@"^Complete: commitment list 26 of 26, \d+\.\d s after the last image\.$");
        await department.PassAsync(60);
        (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(1);
        (await department.DecisionsAsync(scans.StudyUid)).ShouldBe(1);
    }

    [Fact]
    public async Task A_commitment_request_after_completion_confirms_it_and_changes_nothing()
    {
        await using var department = await Department.OpenAsync(_postgres);
        var scans = new SomeScans(department.Folder.At("study"));
        var files = scans.Axial(24);
        await department.PushAsync("CT50", files);
        await department.PassAsync(10);
        await department.AskForCommitmentAsync("CT50", files);
        await department.PassAsync(10);
        (await department.EvidenceAsync(scans.StudyUid))[^1].ShouldBe("Confirmed: commitment list 24 of 24.");
        (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(1);
        (await department.IsClosedAsync(scans.StudyUid)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_study_that_never_goes_quiet_is_scored_at_its_ceiling_and_again_later()
    {
        await using var department = await Department.OpenAsync(_postgres);
        var scans = new SomeScans(department.Folder.At("study"));
        var files = scans.Axial(80);
        await using (var association = await department.ConnectAsync("ENDLESS", files))
        {
            for (var image = 0; image < 80; image++)
            {
                await association.StoreAsync(files[image], Stop);
                await department.IndexedAsync(scans.StudyUid, image + 1);
                await department.PassAsync(image == 60 ? 1740 : 1);
            }

            (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(1);
            (await department.EvidenceAsync(scans.StudyUid)).ShouldHaveSingleItem().ShouldStartWith("After 30 min images still come: 61 images so far");
            await association.ReleaseAsync(Stop);
        }

        await Department.UntilAsync(async () => await department.CountAsync("select count(*) from association where calling_ae = 'ENDLESS' and ended_at is not null") == 1);
        await department.PassAsync(130);
        (await department.GenerationsAsync(scans.StudyUid)).ShouldBe(2);
    }
}
