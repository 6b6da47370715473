using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

/// <summary>What is told of a caller's line after it has really called.</summary>
public sealed class CallerFiguresTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_push_of_storescu_is_counted_once_with_its_PDUs_syntax_and_software()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 21, slices: 4);
        await using (var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"),
            ("Intake:Callers:0:AeTitle", "COUNTED"), ("Intake:Callers:0:Name", "CT 2, emergency")))
        {
            for (var i = 0; i < 2; i++)
                (await ExternalTool.RunAsync("storescu", ["-aet", "COUNTED", "--max-send-pdu", "4096", "127.0.0.1", $"{intake.Port}", .. study.Files], new Dictionary<string, string>())).Expect();
            await intake.Log.LineAsync("Association of COUNTED");
        } // what is not written yet is written at the end

        var link = await LinkAsync("COUNTED");
        (link.Row.Called, link.Row.Who.Address, link.Row.Who.IsSecured).ShouldBe(("CT 2, emergency", "127.0.0.1", false));
        link.Row.Who.Implementation.ShouldStartWith("OFFIS_DCMTK_");
        link.Row.Who.PduSent.ShouldBeInRange(4000u, 4096u);
        link.Row.LastObjectAt.ShouldNotBeNull();
        (link.Day.Associations, link.Day.Aborted, link.Day.Objects, link.Day.Refused).ShouldBe((2, 0, 8, 0));
        link.Day.Studies.ShouldBeInRange(1, 2); // two where the hour turned between the pushes
        link.Day.Bytes.ShouldBe(2 * study.Files.Sum(file => SomeFiles.DataSet(file).LongLength));
        link.Day.Times.Waits.ShouldBe(6);
        link.Day.Times.Sum.ShouldBeGreaterThan(TimeSpan.Zero);
        link.Syntaxes.Select(syntax => (syntax.TransferSyntax, syntax.Objects)).ShouldBe([(Part10Head.Read(study.Files[0]).TransferSyntax, 8L)]);
    }

    [Fact]
    public async Task An_association_that_is_broken_off_and_an_object_that_is_refused_are_told_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 22, slices: 2);
        File.WriteAllBytes(study.Files[0], File.ReadAllBytes(study.Files[0])[..^100]);
        await using (var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool")))
        {
            for (var i = 0; i < 2; i++)
            {
                await using var association = await DicomAssociation.RequestAsync(intake.Call("BROKEN") with { Contexts = AssociationRequest.ForFiles(study.Files) }, Stop);
                await association.StoreAsync(study.Files[0], Stop);
            }

            await intake.Log.LineAsync("Association of BROKEN");
        }

        var link = await LinkAsync("BROKEN");
        (link.Week.Associations, link.Week.Aborted, link.Week.Objects, link.Week.Refused).ShouldBe((2, 2, 0, 2));
        link.Verdicts.Select(verdict => verdict.Sentence).ShouldContain("2 of 2 associations of BROKEN within a week were broken off, the last one because aborted by the service user between messages.");
        link.Verdicts.ShouldContain(verdict => verdict.IsTrouble && verdict.Sentence.StartsWith("2 objects of BROKEN were refused within a week, the last one because Truncated at byte ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_the_database_is_away_figures_grow_on_in_memory()
    {
        using var figures = new CallerFigures(postgres.Get<CallerStore>(), TimeProvider.System);
        var association = new LiveAssociation(new AssociationCaller(Guid.NewGuid(), "PATIENT", "TRIAGE", null, "1.2", "V1"),
            new CallerTreatment(Triage.OrderClass.Routine, TimeSpan.FromSeconds(5), IsIdleTimeFixed: false, null, []), TimeProvider.System.GetUtcNow());
        figures.Opened(association);
        figures.Kept(association, "1.2.3", DicomUid.JPEGLSLossless, 1000, default);
        (await figures.TryWriteAsync(new CancellationToken(canceled: true))).ShouldBeFalse();
        figures.Kept(association, "1.2.3", DicomUid.JPEGLSLossless, 1000, default);
        (await figures.TryWriteAsync(Stop)).ShouldBeTrue();
        (await figures.TryWriteAsync(Stop)).ShouldBeTrue(); // nothing is left to be counted twice

        var link = await LinkAsync("PATIENT");
        (link.Day.Associations, link.Day.Objects, link.Day.Bytes).ShouldBe((1, 2, 2000L));
        link.Syntaxes.ShouldHaveSingleItem().Objects.ShouldBe(2);
    }

    [Fact]
    public async Task Any_number_of_titles_leaves_some_hundred_callers_and_old_hours_go()
    {
        await postgres.ExecuteAsync("insert into caller (title, peer_address, implementation, secured, pdu_taken, last_at) select 'T' || n, '', '', false, 0, now() - n * interval '1 minute' from generate_series(1, 700) n");
        await postgres.ExecuteAsync("insert into caller_hour select 'T1', now() - interval '80 days', 1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0");
        await postgres.Get<CallerStore>().TrimAsync(Stop);
        (await postgres.CountAsync("select count(*) from caller")).ShouldBe(500);
        (await postgres.CountAsync("select count(*) from caller_hour where hour < now() - interval '70 days'")).ShouldBe(0);
        await postgres.ExecuteAsync("delete from caller where title ~ '^T[0-9]'");
    }

    [Fact]
    public void The_time_of_an_object_is_told_apart_into_its_parts_and_a_pause_is_none_of_them()
    {
        var clock = new DrivenTime();
        var meter = new LinkMeter(clock);
        One().ShouldBe(new LinkTimes(Ms(1), Ms(4), Ms(2), TimeSpan.Zero, 0, 0));
        clock.Advance(Ms(41));
        One().ShouldBe(new LinkTimes(Ms(1), Ms(4), Ms(2), Ms(41), 1, 1));
        clock.Advance(Ms(5));
        One(start: 40).ShouldBe(new LinkTimes(Ms(40), Ms(4), Ms(2), Ms(5), 1, 1));
        clock.Advance(TimeSpan.FromSeconds(3));
        One().ShouldBe(new LinkTimes(Ms(1), Ms(4), Ms(2), TimeSpan.Zero, 0, 0));

        LinkTimes One(int start = 1)
        {
            meter.Begin();
            clock.Advance(Ms(start));
            meter.Write();
            clock.Advance(Ms(3));
            meter.Write();
            clock.Advance(Ms(1));
            meter.Whole();
            clock.Advance(Ms(2));
            return meter.Answer();
        }
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private async Task<CallerLink> LinkAsync(string title) => (await CallerLink.ReadAsync(postgres.Get<CallerStore>(), Stop)).Single(link => link.Row.Who.Title == title);
}
