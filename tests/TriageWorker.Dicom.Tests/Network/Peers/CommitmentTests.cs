using System.Text.Json;
using System.Threading.Channels;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>Storage commitment (PS3.4, annex J) with Orthanc, each side in each role.</summary>
public sealed class CommitmentTests(OrthancFixture orthanc) : IClassFixture<OrthancFixture>, IDisposable
{
    private const string PushModel = DicomUid.StorageCommitmentPushModel;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Orthanc_reports_what_it_keeps_and_what_it_does_not_to_our_port()
    {
        var reports = Channel.CreateUnbounded<CommitmentResult>();
        await using var us = await Receiver.StartAsync();
        us.Storage.Beside = _ => [new CommitmentReports((report, _) => reports.Writer.WriteAsync(report, Stop))];
        await orthanc.AddModalityAsync("COMMITTED", us.Port);
        var call = Peer.Of(orthanc, "COMMITTED");
        await using (var sender = new DicomSender(call)) (await sender.SendAsync(CtImage.WriteMany(_folder, 2), Stop).ToListAsync(Stop)).ShouldAllBe(outcome => outcome.IsTaken);

        var (one, two, missing) = (Reference(1), Reference(2), Reference(99));
        await using var association = await DicomAssociation.RequestAsync(call with { Contexts = AssociationRequest.For(PushModel) }, Stop);
        (await association.RequestCommitmentAsync(new CommitmentRequest("1.2.3.1", [one, two]), Stop)).ShouldBe(DimseStatus.Success);
        var kept = await reports.Reader.ReadAsync(Stop);
        (kept.TransactionUid, kept.Failed.Count).ShouldBe(("1.2.3.1", 0));
        kept.Committed.ShouldBe([one, two]);

        (await association.RequestCommitmentAsync(new CommitmentRequest("1.2.3.2", [one, missing]), Stop)).ShouldBe(DimseStatus.Success);
        var partly = await reports.Reader.ReadAsync(Stop);
        (partly.TransactionUid, partly.Committed.Single()).ShouldBe(("1.2.3.2", one));
        partly.Failed.ShouldBe([(missing, CommitmentFailure.NoSuchInstance)]);
        await association.ReleaseAsync(Stop);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Orthanc_concludes_what_we_report_over_an_association_of_our_own(bool areAllKept)
    {
        var requests = Channel.CreateUnbounded<CommitmentRequest>();
        await using var us = await Receiver.StartAsync();
        us.Storage.Beside = _ => [new CommitmentService(async (request, _) =>
        {
            await requests.Writer.WriteAsync(request, Stop);
            return null;
        })];
        var asked = await AskedByOrthancAsync(us, areAllKept ? "LATER" : "LATERNOT");
        var request = await requests.Reader.ReadAsync(Stop);
        request.Instances.ShouldBe([Reference(1), Reference(2)]);
        (await StatusAsync(asked)).ShouldBe("Pending");

        var call = Peer.Of(orthanc, areAllKept ? "LATER" : "LATERNOT") with { Contexts = AssociationRequest.For(PushModel), Roles = [StorageCommitment.ScpRole] };
        await using var association = await DicomAssociation.RequestAsync(call, Stop);
        association.Contexts.Single().ShouldSatisfyAllConditions(context => context.Performs.ShouldBeTrue(), context => context.Invokes.ShouldBeFalse());
        (await association.ReportAsync(Result(request, areAllKept), Stop)).ShouldBe(DimseStatus.Success);
        await association.ReleaseAsync(Stop);
        await ConcludedAsync(asked, areAllKept);
    }

    [Fact]
    public async Task A_report_at_once_that_orthanc_does_not_wait_for_is_known_not_to_be_taken_and_is_made_later()
    {
        var missed = Channel.CreateUnbounded<(CommitmentResult Result, bool IsTaken)>();
        await using var us = await Receiver.StartAsync();
        us.Storage.Beside = _ => [new CommitmentService(
            (request, _) => new(Result(request, areAllKept: true)), (result, isTaken) => missed.Writer.WriteAsync((result, isTaken), Stop))];
        var asked = await AskedByOrthancAsync(us, "ATONCE"); // it takes its leave as soon as its request is answered
        var (result, isTaken) = await missed.Reader.ReadAsync(Stop);
        isTaken.ShouldBeFalse();
        (await StatusAsync(asked)).ShouldBe("Pending");
        await using var association = await DicomAssociation.RequestAsync(
            Peer.Of(orthanc, "ATONCE") with { Contexts = AssociationRequest.For(PushModel), Roles = [StorageCommitment.ScpRole] }, Stop);
        (await association.ReportAsync(result, Stop)).ShouldBe(DimseStatus.Success);
        await association.ReleaseAsync(Stop);
        await ConcludedAsync(asked, areAllKept: true);
    }

    [Fact]
    public async Task A_report_at_once_reaches_a_requestor_of_ours_over_its_own_association()
    {
        var reports = Channel.CreateUnbounded<CommitmentResult>();
        var taken = Channel.CreateUnbounded<bool>();
        await using var us = await Receiver.StartAsync();
        us.Storage.Beside = _ => [new CommitmentService((request, _) => new(Result(request, areAllKept: false)), (_, isTaken) => taken.Writer.WriteAsync(isTaken, Stop))];
        await using var association = await DicomAssociation.RequestAsync(Peer.At(us.Port) with
        {
            Contexts = AssociationRequest.For(PushModel), Services = [new CommitmentReports((report, _) => reports.Writer.WriteAsync(report, Stop))],
        }, Stop);
        var request = new CommitmentRequest("1.2.3.4", [Reference(1), Reference(2)]);
        (await association.RequestCommitmentAsync(request, Stop)).ShouldBe(DimseStatus.Success);

        var report = await reports.Reader.ReadAsync(Stop);
        report.TransactionUid.ShouldBe("1.2.3.4");
        report.Committed.ShouldBe([Reference(1)]);
        report.Failed.ShouldBe([(Reference(2), CommitmentFailure.NoSuchInstance)]);
        (await taken.Reader.ReadAsync(Stop)).ShouldBeTrue();
        await association.ReleaseAsync(Stop);
    }

    [Fact]
    public async Task A_report_on_a_transaction_that_nobody_asked_for_is_refused_with_the_status_of_our_choice()
    {
        await using var us = await Receiver.StartAsync();
        us.Storage.Beside = _ => [new CommitmentReports((_, _) => throw new DimseRefusalException(DimseStatus.InvalidArgumentValue, "unknown transaction"))];
        await using var association = await DicomAssociation.RequestAsync(
            Peer.At(us.Port) with { Contexts = AssociationRequest.For(PushModel), Roles = [StorageCommitment.ScpRole] }, Stop);
        (await association.ReportAsync(new CommitmentResult("1.2.3.5", [Reference(1)], []), Stop)).ShouldBe(DimseStatus.InvalidArgumentValue);
        await association.ReleaseAsync(Stop);
    }

    public void Dispose() => _folder.Dispose();

    private static SopReference Reference(int number) => new(DicomUid.CTImageStorage, CtImage.UidOf(number));

    private static CommitmentResult Result(CommitmentRequest request, bool areAllKept) => areAllKept
        ? new CommitmentResult(request.TransactionUid, request.Instances, [])
        : new CommitmentResult(request.TransactionUid, [request.Instances[0]], [(request.Instances[1], CommitmentFailure.NoSuchInstance)]);

    /// <summary>Has Orthanc ask us to keep two images; where it says what became of that.</summary>
    private async Task<string> AskedByOrthancAsync(Receiver us, string ae)
    {
        await orthanc.AddModalityAsync(ae, us.Port);
        var answer = await orthanc.PostAsync($"modalities/{ae}/storage-commitment", new
        {
            DicomInstances = new[] { new[] { DicomUid.CTImageStorage, CtImage.UidOf(1) }, [DicomUid.CTImageStorage, CtImage.UidOf(2)] },
        });
        return answer.GetProperty("Path").GetString()!.TrimStart('/');
    }

    private async Task<string?> StatusAsync(string asked) => (await orthanc.GetAsync(asked)).GetProperty("Status").GetString();

    private async Task ConcludedAsync(string asked, bool areAllKept)
    {
        var conclusion = await orthanc.GetAsync(asked);
        conclusion.GetProperty("Status").GetString().ShouldBe(areAllKept ? "Success" : "Failure");
        Uids("Success").ShouldBe(areAllKept ? [CtImage.UidOf(1), CtImage.UidOf(2)] : [CtImage.UidOf(1)], ignoreOrder: true);
        Uids("Failures").ShouldBe(areAllKept ? [] : [CtImage.UidOf(2)]);

        List<string?> Uids(string list) => [.. conclusion.GetProperty(list).EnumerateArray().Select(item => item.GetProperty("SOPInstanceUID").GetString())];
    }
}
