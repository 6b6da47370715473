using System.Globalization;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Intake.Tests;

/// <summary>The spool, searched by C-FIND at study root.</summary>
public sealed class SearchTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Find = DicomUid.StudyRootQueryRetrieveInformationModelFind;
    private static readonly (string, string)[] s_allowed = [("Intake:Callers:0:AeTitle", "*"), ("Intake:Callers:0:Query", "true")];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Findscu_is_answered_on_each_level_with_what_it_asks_for_and_no_more()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await StartAsync(folder, s_allowed);
        var study = await ArriveAsync(intake, folder, seed: 61);
        var head = DicomFile.Read(study.Files[0]).Dataset;
        var series = head.GetString(DicomTag.SeriesInstanceUID)!;

        var found = (await FindscuAsync(intake, folder, "STUDY", $"PatientID={study.PatientId[..^1]}?", "PatientName=*^*", $"AccessionNumber={study.AccessionNumber}", "StudyDate=19000101-", "StudyID", "ReferringPhysicianName", "NumberOfStudyRelatedInstances", "ModalitiesInStudy", "StudyInstanceUID"))
            .ShouldHaveSingleItem();
        found.GetString(DicomTag.QueryRetrieveLevel).ShouldBe("STUDY");
        found.GetString(DicomTag.RetrieveAETitle).ShouldBe("TRIAGE");
        foreach (var tag in new[] { DicomTag.StudyInstanceUID, DicomTag.PatientID, DicomTag.PatientName, DicomTag.StudyDate, DicomTag.StudyID }) found.GetString(tag).ShouldBe(head.GetString(tag), tag.Keyword);
        found.Contains(DicomTag.ReferringPhysicianName).ShouldBeTrue();
        found.GetInt32(DicomTag.NumberOfStudyRelatedInstances).ShouldBe(4);
        found.GetStrings(DicomTag.ModalitiesInStudy).ShouldBe(["CT"]);
        found.Contains(DicomTag.PatientSex).ShouldBeFalse("nobody asked");

        found = (await FindscuAsync(intake, folder, "SERIES", $"StudyInstanceUID={study.StudyInstanceUid}", "Modality=CT", "SeriesNumber", "NumberOfSeriesRelatedInstances", "SeriesInstanceUID")).ShouldHaveSingleItem();
        (found.GetString(DicomTag.SeriesInstanceUID), found.GetInt32(DicomTag.SeriesNumber), found.GetInt32(DicomTag.NumberOfSeriesRelatedInstances)).ShouldBe((series, head.GetInt32(DicomTag.SeriesNumber), 4));

        var images = await FindscuAsync(intake, folder, "IMAGE", $"StudyInstanceUID={study.StudyInstanceUid}", $"SeriesInstanceUID={series}", "InstanceNumber", "SOPInstanceUID", "SOPClassUID");
        images.Select(image => (image.GetString(DicomTag.SOPInstanceUID), image.GetInt32(DicomTag.InstanceNumber))).ShouldBe(
            study.Files.Select(file => DicomFile.Read(file).Dataset).Select(image => (image.GetString(DicomTag.SOPInstanceUID), image.GetInt32(DicomTag.InstanceNumber))), ignoreOrder: true);
        (await intake.Log.LineAsync("searched by C-FIND on the level IMAGE")).ShouldContain("4 matches");
        intake.Log.All.ShouldNotContain(line => line.Contains(study.PatientId, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lists_of_UIDs_find_each_of_them_and_what_does_not_match_is_no_error()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await StartAsync(folder, s_allowed);
        var (one, other) = (await ArriveAsync(intake, folder, seed: 62), await ArriveAsync(intake, folder, seed: 63));

        (await FindAsync(intake, Study($@"{one.StudyInstanceUid}\{other.StudyInstanceUid}\1.2.3"))).Select(found => found.GetString(DicomTag.StudyInstanceUID))
            .ShouldBe([one.StudyInstanceUid, other.StudyInstanceUid], ignoreOrder: true);
        (await FindAsync(intake, Study("1.2.3"))).ShouldBeEmpty();
        (await FindAsync(intake, Study(one.StudyInstanceUid).Set(DicomTag.AccessionNumber, "nobody's"))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("AccessionNumber", "", "0xff00")]
    [InlineData("NumberOfStudyRelatedSeries", "", "0xff00")]
    [InlineData("PatientAge", "", "0xff01")] // no row says it
    [InlineData("PatientAge", "060Y", "0xff01")]
    [InlineData("NumberOfStudyRelatedSeries", "7", "0xff01")] // answered with, and not matched
    [InlineData("Modality", "CT", "0xff01")] // of the level below
    [InlineData("ProcedureCodeSequence[0].CodeValue", "1", "0xff01")]
    public async Task Matches_say_whether_every_key_was_honoured(string keyword, string value, string status)
    {
        using var folder = new TemporaryFolder();
        await using var intake = await StartAsync(folder, s_allowed);
        var study = await ArriveAsync(intake, folder, seed: 64);

        (await SaidAsync(intake, "STUDY", $"StudyInstanceUID={study.StudyInstanceUid}", $"{keyword}={value}")).ShouldContain(status);
    }

    [Theory]
    [InlineData("PATIENT", "PatientID=P1", "the level is STUDY, SERIES or IMAGE")]
    [InlineData("SERIES", "SeriesInstanceUID", "one StudyInstanceUID has to be named")]
    [InlineData("SERIES", @"StudyInstanceUID=1.2\1.3", "one StudyInstanceUID has to be named")]
    [InlineData("IMAGE", "StudyInstanceUID=1.2", "one SeriesInstanceUID has to be named")]
    [InlineData("STUDY", "StudyInstanceUID=abc", "StudyInstanceUID: it holds something that is no UID")]
    [InlineData("STUDY", "StudyDate=yesterday", "StudyDate: a date is eight digits")]
    public async Task What_is_no_identifier_of_the_model_is_refused_in_words(string level, string key, string says)
    {
        using var folder = new TemporaryFolder();
        await using var intake = await StartAsync(folder, s_allowed);

        var said = await SaidAsync(intake, level, key);

        said.ShouldContain("0xa900");
        said.ShouldContain(says);
    }

    [Fact]
    public async Task Nobody_may_search_who_is_not_said_to()
    {
        using var folder = new TemporaryFolder();
        await using var open = await StartAsync(folder);
        await using var other = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("other"), ("Intake:Callers:0:AeTitle", "CT1"), ("Intake:Callers:1:AeTitle", "VIEWER"), ("Intake:Callers:1:Query", "true"));

        var said = await SaidAsync(open, "STUDY", "StudyInstanceUID");
        said.ShouldContain("0x0122");
        said.ShouldContain("this caller may not: Intake:Callers:n:Query");
        (await open.Log.LineAsync("was refused with 0x0122")).ShouldStartWith("Warning");
        (await Should.ThrowAsync<DimseFailureException>(() => FindAsync(other, Study("1.2"), "CT1"))).Status.ShouldBe(DimseStatus.SopClassNotSupported);
        (await FindAsync(other, Study("1.2"), "VIEWER")).ShouldBeEmpty();
    }

    [Fact]
    public async Task More_than_the_site_allows_ends_with_a_failure_after_what_is_allowed()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await StartAsync(folder, [.. s_allowed, ("Intake:Query:MaxMatches", "3")]);
        var study = await ArriveAsync(intake, folder, seed: 65);
        var found = new List<DicomDataset>();
        var series = DicomFile.Read(study.Files[0]).Dataset.GetString(DicomTag.SeriesInstanceUID);

        await using var association = await DicomAssociation.RequestAsync(intake.Call() with { Contexts = AssociationRequest.For(Find) }, Stop);
        var refused = await Should.ThrowAsync<DimseFailureException>(async () =>
        {
            await foreach (var match in association.FindAsync(Find, Study(study.StudyInstanceUid, "IMAGE").Set(DicomTag.SeriesInstanceUID, series), Stop)) found.Add(match);
        });

        (refused.Status, found.Count).ShouldBe((DimseStatus.OutOfResources, 3));
        refused.Message.ShouldContain("more than 3 match");
        (await association.FindAsync(Find, Study(study.StudyInstanceUid), Stop).CountAsync(Stop)).ShouldBe(1); // the association goes on
    }

    [Fact]
    public async Task Every_match_of_many_pages_is_told_once_though_studies_arrive_meanwhile()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await StartAsync(folder, s_allowed);
        const string patient = "PAGED";
        async Task AddAsync(int from, int count) => await postgres.ExecuteAsync(
            "insert into study (study_uid, caller, patient_id, idle_time, first_received_at, last_received_at, last_indexed_at) select '1.9.' || n, 'CT1', $1, interval '5 s', now(), now(), now() from generate_series($2::integer, $3::integer) n",
            patient, from, from + count - 1);
        await AddAsync(1, 450);
        var told = new List<string>();

        await foreach (var match in Searching(intake, new DicomDataset().Set(DicomTag.QueryRetrieveLevel, "STUDY").Set(DicomTag.PatientID, patient)))
        {
            told.Add(match.GetString(DicomTag.StudyInstanceUID)!);
            if (told.Count == 100) await AddAsync(1001, 50); // newer ones stand before all others
        }

        told.Distinct().Count().ShouldBe(told.Count);
        told.Count(uid => int.Parse(uid[4..], CultureInfo.InvariantCulture) <= 450).ShouldBe(450);
    }

    [Fact]
    public async Task A_search_that_is_cancelled_looks_no_further_and_leaves_its_place()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await StartAsync(folder, [.. s_allowed, ("Intake:Query:MaxSearches", "1")]);
        var study = await ArriveAsync(intake, folder, seed: 66);
        using var cancelled = new CancellationTokenSource();

        await using (var first = Searching(intake, Study(study.StudyInstanceUid)).GetAsyncEnumerator(cancelled.Token))
        {
            (await first.MoveNextAsync()).ShouldBeTrue();
            (await Should.ThrowAsync<DimseRefusalException>(async () => await Searching(intake, Study(study.StudyInstanceUid)).CountAsync(Stop))).Status.ShouldBe(DimseStatus.OutOfResources);
        }

        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await Searching(intake, Study(study.StudyInstanceUid)).CountAsync(cancelled.Token));
        (await Searching(intake, Study(study.StudyInstanceUid)).CountAsync(Stop)).ShouldBe(1);
    }

    [Fact]
    public async Task A_findscu_that_cancels_is_told_so()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await StartAsync(folder, [.. s_allowed, ("Intake:Query:MaxMatches", "1000000")]);
        await postgres.ExecuteAsync("insert into study (study_uid, caller, idle_time, first_received_at, last_received_at, last_indexed_at) select '1.8.' || n, 'CT1', interval '5 s', now(), now(), now() from generate_series(1, 20000) n");

        (await ExternalTool.RunAsync("findscu", "-v", "-S", "--cancel", "2", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID", "127.0.0.1", $"{intake.Port}")).Output
            .ShouldContain("Received Final Find Response (Cancel: MatchingTerminatedDueToCancelRequest)");
        await postgres.ExecuteAsync("delete from study where study_uid like '1.8.%'");
    }

    private static IAsyncEnumerable<DicomDataset> Searching(RunningIntake intake, DicomDataset identifier) => intake.Get<SpoolSearches>().FindAsync(
        new AssociationCaller(Guid.NewGuid(), "CT1", "TRIAGE", null, "1.2", "V1"),
        new CallerTreatment(OrderClass.Routine, TimeSpan.FromSeconds(5), IsIdleTimeFixed: false, null, []) { MayQuery = true }, new FindRequest(Find, identifier), CancellationToken.None);

    private static DicomDataset Study(string uid, string level = "STUDY") => new DicomDataset().Set(DicomTag.QueryRetrieveLevel, level).Set(DicomTag.StudyInstanceUID, uid.Split('\\'));

    private static async Task<List<DicomDataset>> FindAsync(RunningIntake intake, DicomDataset identifier, string caller = "CT1")
    {
        await using var association = await DicomAssociation.RequestAsync(intake.Call(caller) with { Contexts = AssociationRequest.For(Find) }, Stop);
        var found = await association.FindAsync(Find, identifier, Stop).ToListAsync(Stop);
        await association.ReleaseAsync(Stop);
        return found;
    }

    private static async Task<string> SaidAsync(RunningIntake intake, string level, params string[] keys) =>
        (await ExternalTool.RunAsync("findscu", ["-d", "-S", "-k", $"QueryRetrieveLevel={level}", .. keys.SelectMany(key => new[] { "-k", key }), "127.0.0.1", $"{intake.Port}"])).Output;

    private static async Task<List<DicomDataset>> FindscuAsync(RunningIntake intake, TemporaryFolder folder, string level, params string[] keys)
    {
        var answers = Directory.CreateDirectory(folder.At($"answers {level}")).FullName;
        (await ExternalTool.RunAsync("findscu", ["-S", "-X", "-od", answers, "-k", $"QueryRetrieveLevel={level}", .. keys.SelectMany(key => new[] { "-k", key }), "127.0.0.1", $"{intake.Port}"])).Expect();
        return [.. Directory.GetFiles(answers).Order(StringComparer.Ordinal).Select(file => DicomFile.Read(file).Dataset)];
    }

    private Task<RunningIntake> StartAsync(TemporaryFolder folder, params (string, string)[] settings) => RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), settings);

    private async Task<Phantoms.PhantomFiles> ArriveAsync(RunningIntake intake, TemporaryFolder folder, int seed)
    {
        var study = SomeFiles.Write(folder.At($"study {seed}"), seed);
        await intake.PushAsync(study.Files, Stop);
        await postgres.InstancesAsync(study.StudyInstanceUid, study.Files.Count);
        return study;
    }
}
