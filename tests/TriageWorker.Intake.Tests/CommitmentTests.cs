using System.Globalization;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Intake.Tests;

public sealed class CommitmentTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_an_archive_nothing_is_committed_to_and_the_request_is_a_list_all_the_same()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 31);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        await intake.PushAsync(study.Files.Take(3), Stop);
        await postgres.InstancesAsync(study.StudyInstanceUid, 3);

        var report = await AskAsync(intake, "CT1", study.Files);

        report.Committed.ShouldBeEmpty();
        report.Failed.Select(failed => failed.Reason).Order().ShouldBe(
            [CommitmentFailure.ProcessingFailure, CommitmentFailure.ProcessingFailure, CommitmentFailure.ProcessingFailure, CommitmentFailure.NoSuchInstance]);
        var evidence = (await postgres.Get<EvidenceStore>().OfAsync(new StudyUid(study.StudyInstanceUid), Stop)).ShouldNotBeNull();
        evidence.Manifest.ShouldBe(new Manifest(ManifestKind.Commitment, 1, 4, 3));
        evidence.Series.ShouldHaveSingleItem().ShouldSatisfyAllConditions(series => series.IsListed.ShouldBeFalse(), series => series.IsAwaited.ShouldBeTrue());
        await AnsweredAsync(report.TransactionUid, "0 committed to, 4 not");

        await intake.PushAsync(study.Files.Skip(3), Stop);
        await postgres.InstancesAsync(study.StudyInstanceUid, 4);
        await postgres.AssociationsEndedAsync(study.StudyInstanceUid, 2);
        evidence = (await postgres.Get<EvidenceStore>().OfAsync(new StudyUid(study.StudyInstanceUid), Stop)).ShouldNotBeNull();
        evidence.Manifest.ShouldBe(new Manifest(ManifestKind.Commitment, 1, 4, 4));
        evidence.Series.ShouldHaveSingleItem().IsListed.ShouldBeTrue();
        // What the last batch found when it counted: the study is looked at now, not after a silence.
        (await postgres.CountAsync("select count(*) from work where stage = 'closing' and key = $1 and due_at <= now()", study.StudyInstanceUid)).ShouldBe(1);
    }

    [Fact]
    public async Task An_archive_commits_to_what_it_has_on_the_association_that_asked()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 32);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), ("Spool:Archive", "true"));

        var report = await AskAsync(intake, "CT1", study.Files, alsoStore: true);

        report.Failed.ShouldBeEmpty();
        report.Committed.Select(instance => instance.SopInstanceUid).ShouldBe(study.Files.Select(file => Part10Head.Read(file).SopInstanceUid), ignoreOrder: true);
        (await postgres.InstancesAsync(study.StudyInstanceUid, 4)).Count.ShouldBe(4);
        await AnsweredAsync(report.TransactionUid, "4 committed to, 0 not");
    }

    [Fact]
    public async Task An_archive_says_what_is_missing_and_what_is_of_another_class()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 33);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), ("Spool:Archive", "true"));
        await intake.PushAsync(study.Files.Take(3), Stop);
        var images = study.Files.Select(file => Part10Head.Read(file).SopInstanceUid).ToArray();
        SopReference[] asked = [new(DicomUid.CTImageStorage, images[0]), new(DicomUid.MRImageStorage, images[1]), new(DicomUid.CTImageStorage, images[3])];

        var report = await AskAsync(intake, "CT1", [], references: asked);

        report.Committed.ShouldBe([asked[0]]);
        report.Failed.ShouldBe([(asked[1], CommitmentFailure.ClassInstanceConflict), (asked[2], CommitmentFailure.NoSuchInstance)], ignoreOrder: true);
    }

    [Fact]
    public async Task A_request_that_comes_before_its_images_is_answered_at_the_callers_port_once_they_are_there()
    {
        using var folder = new TemporaryFolder();
        await using var scanner = await ReportReceiver.StartAsync();
        var study = SomeFiles.Write(folder.At("study"), seed: 34);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), ("Spool:Archive", "true"),
            ("Intake:Callers:0:AeTitle", "CT34"), ("Intake:Callers:0:ReportPort", scanner.Port.ToString(CultureInfo.InvariantCulture)));
        var transaction = await RequestAsync(intake.Call("CT34"), References(study.Files));
        await using (var association = await DicomAssociation.RequestAsync(intake.Call("CT34") with { Contexts = AssociationRequest.ForFiles(study.Files) }, Stop))
        {
            foreach (var file in study.Files) await association.StoreAsync(file, Stop);
            await association.ReleaseAsync(Stop);
        }

        var (from, report) = await scanner.NextAsync();

        from.ShouldBe("TRIAGE");
        report.TransactionUid.ShouldBe(transaction);
        report.Committed.Count.ShouldBe(4);
        report.Failed.ShouldBeEmpty();
        await AnsweredAsync(transaction, "4 committed to, 0 not");
    }

    [Fact]
    public async Task What_never_comes_is_said_to_be_missing_after_a_bounded_time()
    {
        using var folder = new TemporaryFolder();
        await using var scanner = await ReportReceiver.StartAsync();
        var study = SomeFiles.Write(folder.At("study"), seed: 35);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), ("Spool:Archive", "true"), ("Intake:CommitmentWait", "00:00:00"),
            ("Intake:Callers:0:AeTitle", "CT35"), ("Intake:Callers:0:ReportPort", scanner.Port.ToString(CultureInfo.InvariantCulture)));

        var transaction = await RequestAsync(intake.Call("CT35"), References(study.Files));

        var (_, report) = await scanner.NextAsync();
        report.TransactionUid.ShouldBe(transaction);
        report.Failed.ShouldAllBe(failed => failed.Reason == CommitmentFailure.NoSuchInstance);
        report.Failed.Count.ShouldBe(4);
    }

    [Fact]
    public async Task An_answer_outlives_the_process_that_owes_it()
    {
        using var folder = new TemporaryFolder();
        await using var scanner = await ReportReceiver.StartAsync();
        var study = SomeFiles.Write(folder.At("study"), seed: 36);
        string[] settings = ["Spool:Archive=true", "Intake:Callers:0:AeTitle=CT1", $"Intake:Callers:0:ReportPort={scanner.Port}"];
        string transaction;
        using (var listener = await ListenerProcess.StartWithAsync(postgres.ConnectionString, folder.At("spool"), settings))
        {
            transaction = await RequestAsync(listener.Call(study.Files), References(study.Files));
            listener.Kill();
        }

        using var again = await ListenerProcess.StartWithAsync(postgres.ConnectionString, folder.At("spool"), settings);
        await using (var association = await DicomAssociation.RequestAsync(again.Call(study.Files), Stop))
        {
            foreach (var file in study.Files) (await association.StoreAsync(file, Stop)).ShouldBe(DimseStatus.Success);
            await association.ReleaseAsync(Stop);
        }

        await postgres.InstancesAsync(study.StudyInstanceUid, 4);
        await postgres.ExecuteAsync("update commitment set due_at = now() where answered_at is null"); // the dead process may have taken it just before
        var (_, report) = await scanner.NextAsync();
        report.TransactionUid.ShouldBe(transaction);
        report.Committed.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_notification_is_a_list_of_its_study_and_a_newer_one_replaces_it()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 37);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        await intake.PushAsync(study.Files.Take(2), Stop);
        await postgres.InstancesAsync(study.StudyInstanceUid, 2);

        await NotifyAsync(intake, study.StudyInstanceUid, study.Files);
        (await postgres.Get<EvidenceStore>().OfAsync(new StudyUid(study.StudyInstanceUid), Stop))!.Manifest.ShouldBe(new Manifest(ManifestKind.Availability, 1, 4, 2));
        await NotifyAsync(intake, study.StudyInstanceUid, study.Files.Take(2));
        (await postgres.Get<EvidenceStore>().OfAsync(new StudyUid(study.StudyInstanceUid), Stop))!.Manifest.ShouldBe(new Manifest(ManifestKind.Availability, 1, 2, 2));
    }

    [Fact]
    public async Task A_request_that_cannot_be_kept_is_refused_and_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        await using var association = await DicomAssociation.RequestAsync(intake.Call("CT38") with { Contexts = AssociationRequest.For(DicomUid.StorageCommitmentPushModel) }, Stop);
        (await association.RequestCommitmentAsync(new CommitmentRequest("1.2.3", [new(DicomUid.CTImageStorage, "no UID")]), Stop)).ShouldBe(DimseStatus.InvalidArgumentValue);
        (await postgres.CountAsync("select count(*) from manifest where caller = 'CT38'")).ShouldBe(0);
    }

    /// <summary>Asks, and stays until the answer comes on the same association.</summary>
    private static async Task<CommitmentResult> AskAsync(
        RunningIntake intake, string caller, IReadOnlyList<string> files, bool alsoStore = false, SopReference[]? references = null)
    {
        var reported = new TaskCompletionSource<CommitmentResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var contexts = AssociationRequest.For(DicomUid.StorageCommitmentPushModel);
        if (alsoStore) contexts = [.. contexts, .. AssociationRequest.ForFiles(files).Select(context => context with { Id = (byte)(context.Id + 2) })];
        await using var association = await DicomAssociation.RequestAsync(intake.Call(caller) with
        {
            Contexts = contexts,
            Services = [new CommitmentReports((result, _) =>
            {
                reported.TrySetResult(result);
                return ValueTask.CompletedTask;
            })],
        }, Stop);
        if (alsoStore)
            foreach (var file in files) (await association.StoreAsync(file, Stop)).ShouldBe(DimseStatus.Success);
        (await association.RequestCommitmentAsync(new CommitmentRequest(DicomUid.NewRandom(), references ?? References(files)), Stop)).ShouldBe(DimseStatus.Success);
        var result = await reported.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);
        await association.ReleaseAsync(Stop);
        return result;
    }

    /// <summary>Asks and leaves, as most scanners do.</summary>
    private static async Task<string> RequestAsync(AssociationRequest call, SopReference[] references)
    {
        await using var association = await DicomAssociation.RequestAsync(call with { Contexts = AssociationRequest.For(DicomUid.StorageCommitmentPushModel) }, Stop);
        var transaction = DicomUid.NewRandom();
        (await association.RequestCommitmentAsync(new CommitmentRequest(transaction, references), Stop)).ShouldBe(DimseStatus.Success);
        await association.ReleaseAsync(Stop);
        return transaction;
    }

    private static async Task NotifyAsync(RunningIntake intake, string study, IEnumerable<string> files)
    {
        await using var association = await DicomAssociation.RequestAsync(intake.Call("PACS") with { Contexts = AssociationRequest.For(DicomUid.InstanceAvailabilityNotification) }, Stop);
        (await association.NotifyAsync(new AvailabilityNotification(DicomUid.NewRandom(), study,
            [.. References(files).Select(reference => new AvailableInstance($"{study}.1", reference, "ONLINE", "PACS"))]), Stop)).ShouldBe(DimseStatus.Success);
        await association.ReleaseAsync(Stop);
    }

    private async Task AnsweredAsync(string transaction, string answer)
    {
        await Rows.UntilAsync(async _ => await postgres.CountAsync(
            "select count(*) from commitment c join manifest m on m.id = c.manifest_id where m.list_uid = $1 and c.answer = $2", transaction, answer) == 1);
        (await postgres.CountAsync("select count(*) from audit where event = 'commitment.answered' and detail ->> 'list' = $1", transaction)).ShouldBe(1);
    }

    private static SopReference[] References(IEnumerable<string> files) =>
        [.. files.Select(Part10Head.Read).Select(head => new SopReference(head.SopClassUid, head.SopInstanceUid))];
}
