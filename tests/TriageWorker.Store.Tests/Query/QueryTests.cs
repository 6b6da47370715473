using TriageWorker.Dicom;
using TriageWorker.Dicom.Matching;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests.Query;

/// <summary>What is found by which keys, on both servers that the product runs on by the fixture's.</summary>
public sealed class QueryTests(StoreFixture store) : IClassFixture<StoreFixture>, IAsyncLifetime
{
    private const string Doe = "1.2.1", Oberg = "1.2.2", Percent = "1.2.3";
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 8, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (await store.CountAsync("study") > 0) return;
        await ArriveAsync(Doe, "P1", "DOE^JANE^^", "20250301", "093015.5", 0, ("CT", 3), ("SR", 1));
        await ArriveAsync(Oberg, "P2", "Öberg^Åsa=大^子", "20250401", "12", 1, ("CT", 2));
        await ArriveAsync(Percent, "P_100%", "O'NEIL_50%", null, null, 2, ("MR", 1), ("PT", 1));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("PatientName", "doe^jane", Doe)]
    [InlineData("PatientName", "DOE", "")]
    [InlineData("PatientName", "doe*", Doe)]
    [InlineData("PatientName", "*JANE*", Doe)]
    [InlineData("PatientName", "?OE^*", Doe)]
    [InlineData("PatientName", "Öberg^Åsa", Oberg)] // without its other groups
    [InlineData("PatientName", "Öb*", Oberg)]
    [InlineData("PatientName", "*_50%", Percent)] // no wild cards of DICOM
    [InlineData("PatientName", "*5_%", "")]
    [InlineData("PatientID", "P1", Doe)]
    [InlineData("PatientID", "p1", "")]
    [InlineData("PatientID", "P?", $"{Oberg} {Doe}")]
    [InlineData("PatientID", "P_100%", Percent)]
    [InlineData("PatientID", "", $"{Percent} {Oberg} {Doe}")]
    [InlineData("StudyDate", "20250301", Doe)]
    [InlineData("StudyDate", "20250301-20250401", $"{Oberg} {Doe}")]
    [InlineData("StudyDate", "20250302-", Oberg)]
    [InlineData("StudyDate", "-20250331", Doe)]
    [InlineData("StudyTime", "09", Doe)]
    [InlineData("StudyTime", "0930-1200", $"{Oberg} {Doe}")]
    [InlineData("StudyTime", "093016-", Oberg)]
    [InlineData("ModalitiesInStudy", "SR", Doe)]
    [InlineData("ModalitiesInStudy", "MR\\SR", $"{Percent} {Doe}")]
    [InlineData("ModalitiesInStudy", "C*", $"{Oberg} {Doe}")]
    [InlineData("StudyInstanceUID", $"{Doe},{Percent},9.9", $"{Percent} {Doe}")]
    [InlineData("AccessionNumber", "AP2", Oberg)]
    [InlineData("StudyID", "SP2", Oberg)]
    [InlineData("StudyID", "SP?", $"{Oberg} {Doe}")]
    [InlineData("ReferringPhysicianName", "house^p1", Doe)]
    [InlineData("ReferringPhysicianName", "HOUSE*", $"{Percent} {Oberg} {Doe}")]
    [InlineData("StudyDescription", "*'; drop table study; --", "")]
    public async Task Studies_are_found_newest_first_by_one_key(string keyword, string value, string expected)
    {
        var found = await FindAsync(QueryLevel.Study, (keyword, value));

        string.Join(' ', found.Select(one => one.Study)).ShouldBe(expected);
    }

    [Fact]
    public async Task All_keys_have_to_match()
    {
        (await FindAsync(QueryLevel.Study, ("ModalitiesInStudy", "CT"), ("PatientName", "ö*"), ("StudyDate", "2025040101"[..8]))).ShouldBeEmpty(); // lower case of Ö is the database's matter
        (await FindAsync(QueryLevel.Study, ("ModalitiesInStudy", "CT"), ("PatientName", "Ö*"), ("StudyDate", "20250401"))).ShouldHaveSingleItem().Study.ShouldBe(Oberg);
    }

    [Fact]
    public async Task A_study_says_what_it_holds()
    {
        var study = (await FindAsync(QueryLevel.Study, ("StudyInstanceUID", Doe))).ShouldHaveSingleItem().Attributes;

        study.GetStrings(DicomTag.ModalitiesInStudy).ShouldBe(["CT", "SR"]);
        study.GetInt32(DicomTag.NumberOfStudyRelatedSeries).ShouldBe(2);
        study.GetInt32(DicomTag.NumberOfStudyRelatedInstances).ShouldBe(4);
        study.GetString(DicomTag.PatientName).ShouldBe("DOE^JANE^^");
        study.GetString(DicomTag.InstanceAvailability).ShouldBe("ONLINE");
        study.Contains(DicomTag.PatientSex).ShouldBeTrue("what is unknown is there and empty");
        study.GetString(DicomTag.PatientSex).ShouldBeNull();
    }

    [Fact]
    public async Task A_uid_that_came_with_two_contents_is_found_and_counted_once()
    {
        const string twice = "1.2.4";
        var arrival = Arrival(twice, "P4", "TWICE^IT", null, null);
        await store.Get<IndexStore>().CommitAsync(new([], [SomeStudies.Image(arrival, 1, s_start.AddMinutes(-1)), SomeStudies.Image(arrival, 2, s_start)]), Stop);
        await store.Get<IndexStore>().CommitAsync(new([], [SomeStudies.Image(arrival, 1, s_start.AddMinutes(-9), content: "earlier, but it came second")]), Stop);
        await store.Get<IndexStore>().CommitAsync(new([], [SomeStudies.Image(arrival, 1, s_start.AddMinutes(9), content: "later")]), Stop);

        var instances = await FindAsync(QueryLevel.Instance, ("StudyInstanceUID", twice));
        var study = (await FindAsync(QueryLevel.Study, ("StudyInstanceUID", twice))).ShouldHaveSingleItem();
        var series = (await FindAsync(QueryLevel.Series, ("StudyInstanceUID", twice))).ShouldHaveSingleItem();

        instances.Select(one => one.Instance!.Path).ShouldBe((await store.Get<StudyStore>().InstancesAsync(new(twice), null, Stop)).Select(row => row.Path));
        instances.Count.ShouldBe(2);
        (await store.Get<StudyStore>().FindAsync(new(twice), Stop))!.Images.ShouldBe(2);
        (await store.Get<StudyStore>().SeriesAsync(new(twice), Stop)).ShouldHaveSingleItem().Images.ShouldBe(2);
        (await store.Get<WorklistStore>().FindAsync(new(twice), Stop))!.Images.ShouldBe(2);
        (await store.Get<StudyPageStore>().FindAsync(new(twice), Stop))!.Conflicts!.Images.ShouldBe(1);
        study.Attributes.GetInt32(DicomTag.NumberOfStudyRelatedInstances).ShouldBe(2);
        series.Attributes.GetInt32(DicomTag.NumberOfSeriesRelatedInstances).ShouldBe(2);
        await store.ExecuteAsync("delete from work where study_uid = $1", twice);
        await store.ExecuteAsync("delete from worklist where study_uid = $1", twice);
        await store.ExecuteAsync("delete from instance where study_uid = $1", twice);
        (await FindAsync(QueryLevel.Study, ("StudyInstanceUID", twice))).ShouldHaveSingleItem().Attributes.GetString(DicomTag.InstanceAvailability).ShouldBe("UNAVAILABLE");
        await store.ExecuteAsync("delete from series where study_uid = $1", twice);
        await store.ExecuteAsync("delete from study where study_uid = $1", twice);
    }

    [Fact]
    public async Task Series_and_instances_are_found_by_their_own_keys_and_those_above()
    {
        (await FindAsync(QueryLevel.Series, ("Modality", "CT"))).Select(one => one.Series).ShouldBe([$"{Doe}.1", $"{Oberg}.1"]);
        (await FindAsync(QueryLevel.Series, ("PatientID", "P1"), ("Modality", "SR"))).ShouldHaveSingleItem().Attributes.GetInt32(DicomTag.NumberOfSeriesRelatedInstances).ShouldBe(1);
        (await FindAsync(QueryLevel.Instance, ("SeriesInstanceUID", $"{Doe}.1"))).Select(one => one.Instance!.Sop.Value).ShouldBe([$"{Doe}.1.1", $"{Doe}.1.2", $"{Doe}.1.3"]);
        (await FindAsync(QueryLevel.Instance, ("SOPInstanceUID", $"{Doe}.1.2"))).ShouldHaveSingleItem().Attributes.GetString(DicomTag.PatientID).ShouldBe("P1");
        (await FindAsync(QueryLevel.Instance, ("SOPClassUID", "1.2.3"))).ShouldBeEmpty();
        var sr = (await FindAsync(QueryLevel.Series, ("StudyInstanceUID", Doe), ("SeriesNumber", "02"))).ShouldHaveSingleItem();
        (sr.Series, sr.Attributes.GetInt32(DicomTag.SeriesNumber)).ShouldBe(($"{Doe}.2", 2));
        (await FindAsync(QueryLevel.Series, ("StudyInstanceUID", Doe), ("SeriesNumber", "no number"))).ShouldBeEmpty();
        var second = (await FindAsync(QueryLevel.Instance, ("SeriesInstanceUID", $"{Doe}.1"), ("InstanceNumber", "+20"))).ShouldHaveSingleItem();
        (second.Instance!.Sop.Value, second.Attributes.GetInt32(DicomTag.InstanceNumber), second.Attributes.GetInt32(DicomTag.SeriesNumber)).ShouldBe(($"{Doe}.1.2", 20, 1));
    }

    [Theory]
    [InlineData(QueryLevel.Study)]
    [InlineData(QueryLevel.Series)]
    [InlineData(QueryLevel.Instance)]
    public async Task Pages_hold_everything_once(QueryLevel level)
    {
        var all = await store.Get<QueryStore>().FindAsync(new(level, [], 100), Stop);
        var paged = new List<FoundObject>();
        for (var skip = 0; paged.Count == skip; skip += 1) paged.AddRange(await store.Get<QueryStore>().FindAsync(new(level, [], 1, skip), Stop));

        paged.Select(one => (one.Study, one.Series, one.Instance?.Sop)).ShouldBe(all.Select(one => (one.Study, one.Series, one.Instance?.Sop)));
        all.ShouldNotBeEmpty();
    }

    [Fact]
    public void What_rows_do_not_hold_is_no_key()
    {
        QueryStore.Holds(DicomTag.Modality, QueryLevel.Study).ShouldBeFalse();
        QueryStore.Holds(DicomTag.Modality, QueryLevel.Instance).ShouldBeTrue();
        QueryStore.Holds(DicomTag.InstanceNumber, QueryLevel.Series).ShouldBeFalse();
        QueryStore.Holds(DicomTag.Rows, QueryLevel.Instance).ShouldBeFalse();
    }

    private async Task<List<FoundObject>> FindAsync(QueryLevel level, params (string Keyword, string Value)[] keys) =>
        await store.Get<QueryStore>().FindAsync(new(level, [.. keys.Select(key => Key(key.Keyword, key.Value))], 100), Stop);

    private static MatchKey Key(string keyword, string value)
    {
        DicomTag.TryParse(keyword, out var tag).ShouldBeTrue();
        MatchReader.TryRead(tag, value, out var match).ShouldBeNull();
        return new(tag, match);
    }

    private static StudyArrival Arrival(string uid, string patient, string name, string? date, string? time) =>
        new(new StudyUid(uid), "CT1", OrderClass.Routine, TimeSpan.FromSeconds(5)) { PatientId = patient, PatientName = name, StudyDate = date, StudyTime = time, Accession = $"A{patient}", StudyId = $"S{patient}", ReferringPhysician = $"House^{patient}", Description = "Abdomen" };

    private async Task ArriveAsync(string uid, string patient, string name, string? date, string? time, int minute, params (string Modality, int Images)[] series)
    {
        var study = Arrival(uid, patient, name, date, time);
        var images = series.SelectMany((one, number) => Enumerable.Range(1, one.Images).Select(image =>
            SomeStudies.Image(study, image, s_start.AddMinutes(minute), series: number + 1) is var arrival ? arrival with { Number = 10 * image, Series = arrival.Series with { Modality = one.Modality, Number = number + 1 } } : arrival));
        await store.Get<IndexStore>().CommitAsync(new([], [.. images]), Stop);
    }
}
