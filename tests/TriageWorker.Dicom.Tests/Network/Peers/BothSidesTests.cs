using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>What no peer at hand offers, agreed between our own two sides.</summary>
public sealed class BothSidesTests : IDisposable
{
    private static readonly AsynchronousOperations s_three = new(3, 1);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_a_window_of_three_three_objects_are_open_at_once_and_a_fourth_waits_for_the_first_answer()
    {
        await using var receiver = await Receiver.StartAsync(new DicomScpOptions { Operations = new AsynchronousOperations(3, 1) });
        var disk = new TaskCompletionSource();
        receiver.Storage.Disk = disk.Task;
        var files = CtImage.WriteMany(_folder, 4);
        await using var association = await DicomAssociation.RequestAsync(
            Peer.At(receiver.Port) with { Contexts = AssociationRequest.ForFiles(files), Operations = new AsynchronousOperations(8, 8) }, Stop);
        association.Window.ShouldBe(3);
        association.Accept.User.Operations.ShouldBe(s_three);

        var answers = files.Select(file => association.StoreAsync(file, Stop)).ToList();
        for (var i = 0; i < 3; i++) await receiver.Storage.NextKeepingAsync(); // none of them is kept yet
        receiver.Storage.Kept.ShouldBeEmpty();
        answers.ShouldAllBe(answer => !answer.IsCompleted);
        disk.SetResult();
        (await Task.WhenAll(answers)).ShouldAllBe(status => status == DimseStatus.Success);
        await association.ReleaseAsync(Stop);
        (await receiver.Storage.NextEndingAsync()).Objects.ShouldBe(4);
    }

    [Fact]
    public async Task The_sender_fills_the_window_by_itself()
    {
        await using var receiver = await Receiver.StartAsync(new DicomScpOptions { Operations = new AsynchronousOperations(3, 1) });
        var disk = new TaskCompletionSource();
        receiver.Storage.Disk = disk.Task;
        var files = CtImage.WriteMany(_folder, 5);
        await using var sender = new DicomSender(Peer.At(receiver.Port) with { Operations = new AsynchronousOperations(3, 1) });
        var sending = sender.SendAsync(files, Stop).ToListAsync(Stop);
        for (var i = 0; i < 3; i++) await receiver.Storage.NextKeepingAsync();
        receiver.Storage.Kept.ShouldBeEmpty();
        disk.SetResult();
        (await sending).Select(outcome => (outcome.Path, outcome.Status)).ShouldBe(files.Select(file => (file, (DimseStatus?)DimseStatus.Success)));
    }

    [Fact]
    public async Task Answers_come_as_objects_are_safe_whatever_their_order_and_find_the_request_they_belong_to()
    {
        await using var receiver = await Receiver.StartAsync(new DicomScpOptions { Operations = new AsynchronousOperations(3, 1) });
        var (good, bad) = (CtImage.Write(_folder.At("good.dcm"), 1), new SampleObject { SopInstanceUid = "1.2.3.99", StudyUid = "" }.Write(_folder.At("bad.dcm")));
        var disk = new TaskCompletionSource();
        receiver.Storage.Disk = disk.Task;
        await using var association = await DicomAssociation.RequestAsync(
            Peer.At(receiver.Port) with { Contexts = AssociationRequest.ForFiles([good]), Operations = new AsynchronousOperations(3, 1) }, Stop);
        var slow = association.StoreAsync(good, Stop);
        await receiver.Storage.NextKeepingAsync();
        (await association.StoreAsync(bad, Stop)).ShouldBe(new DimseStatus(0xC001)); // asked later, answered earlier
        slow.IsCompleted.ShouldBeFalse();
        disk.SetResult();
        (await slow).ShouldBe(DimseStatus.Success);
    }

    [Fact]
    public async Task Without_the_receivers_word_the_window_is_one()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var association = await DicomAssociation.RequestAsync(Peer.At(receiver.Port) with { Operations = new AsynchronousOperations(0, 0) }, Stop);
        association.Window.ShouldBe(1);
    }

    [Fact]
    public async Task A_cancelled_query_is_cancelled_at_the_other_side_and_the_association_goes_on()
    {
        const string Model = DicomUid.StudyRootQueryRetrieveInformationModelFind;
        await using var receiver = await Receiver.StartAsync();
        var cancelled = new TaskCompletionSource();
        receiver.Storage.Beside = _ => [new FindService([Model], (_, token) => Endless(cancelled, token))];
        await using var association = await DicomAssociation.RequestAsync(Peer.At(receiver.Port) with { Contexts = AssociationRequest.For(Model, DicomUid.Verification) }, Stop);
        (await association.FindAsync(Model, FindScpTests.Study(""), Stop).FirstAsync(Stop)).GetString(DicomTag.StudyInstanceUID).ShouldBe("1.2.1");
        await cancelled.Task;
        (await association.EchoAsync(Stop)).ShouldBe(DimseStatus.Success);
        await association.ReleaseAsync(Stop);
    }

    [Fact]
    public async Task A_cancelled_retrieval_is_cancelled_at_the_other_side_and_the_association_goes_on()
    {
        const string Model = DicomUid.StudyRootQueryRetrieveInformationModelMove;
        await using var receiver = await Receiver.StartAsync();
        var planning = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        receiver.Storage.Beside = caller => [new MoveService([Model], caller.CallingAe, async (_, token) =>
        {
            await using var told = token.Register(cancelled.SetResult);
            planning.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            throw new InvalidOperationException("nobody cancelled");
        })];
        await using var association = await DicomAssociation.RequestAsync(Peer.At(receiver.Port) with { Contexts = AssociationRequest.For(Model, DicomUid.Verification) }, Stop);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var moving = association.MoveAsync(Model, "PACS", FindScpTests.Study(CtImage.StudyUid), cancellationToken: given.Token);
        await planning.Task;
        await given.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => moving);
        await cancelled.Task; // by C-CANCEL, since the association stands
        (await association.EchoAsync(Stop)).ShouldBe(DimseStatus.Success); // it waits for the last response to what was cancelled
        await association.ReleaseAsync(Stop);
    }

    [Fact]
    public async Task An_availability_notification_is_created_as_it_was_said()
    {
        var notifications = Channel.CreateUnbounded<AvailabilityNotification>();
        await using var receiver = await Receiver.StartAsync();
        receiver.Storage.Beside = _ => [new AvailabilityService((notification, _) => notifications.Writer.WriteAsync(notification, Stop))];
        await using var association = await DicomAssociation.RequestAsync(
            Peer.At(receiver.Port) with { Contexts = AssociationRequest.For(DicomUid.InstanceAvailabilityNotification) }, Stop);
        var said = new AvailabilityNotification("1.2.3.7", CtImage.StudyUid,
        [
            new AvailableInstance("1.2.3.8", new SopReference(DicomUid.CTImageStorage, CtImage.UidOf(1)), "ONLINE", "PACS"),
            new AvailableInstance("1.2.3.9", new SopReference(DicomUid.CTImageStorage, CtImage.UidOf(2)), "NEARLINE", "ARCHIVE"),
        ]);
        (await association.NotifyAsync(said, Stop)).ShouldBe(DimseStatus.Success);
        var heard = await notifications.Reader.ReadAsync(Stop);
        (heard.SopInstanceUid, heard.StudyInstanceUid).ShouldBe((said.SopInstanceUid, said.StudyInstanceUid));
        heard.Instances.ShouldBe(said.Instances);

        // Who creates without a name leaves the naming to us.
        (await association.NotifyAsync(said with { SopInstanceUid = "" }, Stop)).ShouldBe(DimseStatus.Success);
        (await notifications.Reader.ReadAsync(Stop)).SopInstanceUid.ShouldStartWith("2.25.");
        await association.ReleaseAsync(Stop);
    }

    [Fact]
    public async Task Roles_are_agreed_where_somebody_plays_the_other_half_and_nowhere_else()
    {
        const string Commitment = DicomUid.StorageCommitmentPushModel;
        await using var receiver = await Receiver.StartAsync();
        receiver.Storage.Beside = _ => [new CommitmentReports((_, _) => default)];
        await using var association = await DicomAssociation.RequestAsync(Peer.At(receiver.Port) with
        {
            Contexts = AssociationRequest.For(Commitment, DicomUid.CTImageStorage),
            Roles = [new RoleSelection(Commitment, IsScu: true, IsScp: true), new RoleSelection(DicomUid.CTImageStorage, IsScu: true, IsScp: true)],
        }, Stop);
        // It hears reports, so we may be the SCP of commitment, not the SCU; it stores and sends nothing, so of CT it is the other way round.
        association.Accept.User.Roles.ShouldBe([new RoleSelection(Commitment, IsScu: false, IsScp: true), new RoleSelection(DicomUid.CTImageStorage, IsScu: true, IsScp: false)]);
        association.Contexts.Select(context => (context.AbstractSyntax, context.Invokes, context.Performs))
            .ShouldBe([(Commitment, false, true), (DicomUid.CTImageStorage, true, false)]);
    }

    [Fact]
    public async Task The_receiver_says_of_storage_that_it_keeps_every_bit_and_of_nothing_else_anything()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var association = await DicomAssociation.RequestAsync(Peer.At(receiver.Port) with
        {
            Contexts = AssociationRequest.For(DicomUid.CTImageStorage, DicomUid.Verification),
            Extended = [new ExtendedNegotiation(DicomUid.CTImageStorage, new byte[] { 2, 0, 0, 0, 0, 0 }), new ExtendedNegotiation(DicomUid.Verification, new byte[] { 1 })],
        }, Stop);
        var answer = association.Accept.User.Extended.ShouldHaveSingleItem();
        answer.SopClassUid.ShouldBe(DicomUid.CTImageStorage);
        answer.Information.ToArray().ShouldBe([2, 0, 3, 0, 0, 0]); // PS3.4, B.3.1: level 2 (full), bit preserving, no coercion
    }

    [Fact]
    public async Task A_user_is_shown_and_the_answer_comes_only_to_who_asked_for_it()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Storage.Recognised = new UserIdentityResponse("ticket"u8.ToArray());
        var shown = new UserIdentity(UserIdentityKind.JsonWebToken, "e30.e30."u8.ToArray(), WantsResponse: true);
        await using var asking = await DicomAssociation.RequestAsync(Peer.At(receiver.Port) with { Identity = shown }, Stop);
        asking.Accept.User.IdentityResponse!.ServerResponse.ToArray().ShouldBe("ticket"u8.ToArray());
        await using var silent = await DicomAssociation.RequestAsync(Peer.At(receiver.Port) with { Identity = shown with { WantsResponse = false } }, Stop);
        silent.Accept.User.IdentityResponse.ShouldBeNull();
        receiver.Storage.Callers.Select(caller => Encoding.UTF8.GetString(caller.Identity!.Primary.Span)).ShouldBe(["e30.e30.", "e30.e30."]);
    }

    public void Dispose() => _folder.Dispose();

    private static async IAsyncEnumerable<DicomDataset> Endless(TaskCompletionSource wasCancelled, [EnumeratorCancellation] CancellationToken cancelled)
    {
        await using var told = cancelled.Register(wasCancelled.SetResult);
        for (var i = 1; ; i++) yield return FindScpTests.Study($"1.2.{i}");
    }
}
