using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary><see cref="DicomSender"/> and what storescp makes of what it sends.</summary>
public sealed class SenderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Several_sendings_share_one_association_until_another_syntax_comes()
    {
        var files = CtImage.WriteMany(_folder, 6);
        await using var peer = await StoreScp.StartAsync(Inbox("received"), "-v", "+xa");
        await using (var sender = new DicomSender(Peer.At(peer.Port)))
        {
            foreach (var two in files.Chunk(2)) (await SendAsync(sender, two)).ShouldAllBe(outcome => outcome.Status == DimseStatus.Success);
            (await SendAsync(sender, await CtImage.EncodeAsync(_folder, 7, DicomUid.JPEGLSLossless))).Single().Status.ShouldBe(DimseStatus.Success);
        }

        Directory.GetFiles(peer.Folder).Length.ShouldBe(7);
        var said = (await peer.StopAsync()).Split('\n');
        said.Count(line => line.Contains("Association Acknowledged", StringComparison.Ordinal)).ShouldBe(2);
        said.Count(line => line.Contains("Association Release", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task A_peer_that_went_away_between_two_sendings_is_called_again_when_it_is_back()
    {
        var files = CtImage.WriteMany(_folder, 3);
        var port = Loopback.FreePort();
        // The sender may not have heard yet that the connection is gone: then the first try finds out.
        await using var sender = new DicomSender(Peer.At(port)) { RetryAfter = [TimeSpan.Zero] };
        await using (await StoreScp.StartAsync(Inbox("before"), port)) (await SendAsync(sender, files[0])).Single().IsTaken.ShouldBeTrue();

        var missed = (await SendAsync(sender, files[1])).Single();
        missed.Fault!.Fault.ShouldBe(NetworkFault.Unreachable);
        missed.IsRetryWorthwhile.ShouldBeTrue();

        await using var again = await StoreScp.StartAsync(Inbox("after"), port);
        (await SendAsync(sender, files[1], files[2])).ShouldAllBe(outcome => outcome.IsTaken);
        (Directory.GetFiles(_folder.At("before")).Length, Directory.GetFiles(again.Folder).Length).ShouldBe((1, 2));
    }

    [Fact]
    public async Task What_the_peer_does_not_take_is_one_outcome_and_the_rest_arrives()
    {
        string[] files = [CtImage.Write(_folder.At("1.dcm"), 1), await CtImage.EncodeAsync(_folder, 2, DicomUid.RLELossless), _folder.At("gone.dcm"), CtImage.Write(_folder.At("3.dcm"), 3)];
        await using var peer = await StoreScp.StartAsync(Inbox("received")); // takes no compressed object
        await using var sender = new DicomSender(Peer.At(peer.Port)) { RetryAfter = [TimeSpan.Zero] };
        var outcomes = (await SendAsync(sender, files)).ToDictionary(outcome => outcome.Path);
        outcomes[files[0]].IsTaken.ShouldBeTrue();
        outcomes[files[1]].Fault!.Fault.ShouldBe(NetworkFault.NoContext);
        outcomes[files[2]].Fault!.Fault.ShouldBe(NetworkFault.UnsuitableFile);
        outcomes[files[3]].IsTaken.ShouldBeTrue();
        Directory.GetFiles(peer.Folder).Length.ShouldBe(2);
    }

    [Theory, InlineData("--abort-after"), InlineData("--abort-during")]
    public async Task A_peer_that_aborts_each_object_is_tried_as_often_as_told_and_each_file_gets_its_outcome(string option)
    {
        var files = CtImage.WriteMany(_folder, 2);
        await using var peer = await StoreScp.StartAsync(Inbox("received"), "-v", option);
        await using var sender = new DicomSender(Peer.At(peer.Port)) { RetryAfter = [TimeSpan.Zero] };
        var outcomes = await SendAsync(sender, [.. files]);
        outcomes.Select(outcome => outcome.Path).ShouldBe(files);
        outcomes.ShouldAllBe(outcome => outcome.IsRetryWorthwhile && (outcome.Fault!.Fault == NetworkFault.Aborted || outcome.Fault.Fault == NetworkFault.Lost));
        (await peer.StopAsync()).Split('\n').Count(line => line.Contains("Association Acknowledged", StringComparison.Ordinal)).ShouldBe(4);
    }

    [Fact]
    public async Task Giving_up_in_the_middle_of_an_object_ends_its_association_at_once()
    {
        await using var receiver = await Receiver.StartAsync();
        var disk = new TaskCompletionSource();
        receiver.Storage.Disk = disk.Task;
        using var given = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await using (var sender = new DicomSender(Peer.At(receiver.Port) with { CloseTimeout = TimeSpan.FromMilliseconds(10) }))
        {
            var sending = sender.SendAsync([CtImage.Write(_folder.At("1.dcm"), 1)], given.Token).ToListAsync(Stop);
            await receiver.Storage.NextKeepingAsync();
            await given.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(async () => await sending);
        }

        disk.SetResult();
        (await receiver.Storage.NextEndingAsync()).ShouldBe(new AssociationEnding(EndingKind.AbortedByCaller, "aborted by the service user between messages", 1, 0, receiver.Storage.Kept.Values.Single().Length));
    }

    public void Dispose() => _folder.Dispose();

    private string Inbox(string name) => Directory.CreateDirectory(_folder.At(name)).FullName;

    private static async Task<List<SendOutcome>> SendAsync(DicomSender sender, params string[] files) => await sender.SendAsync(files, Stop).ToListAsync(Stop);
}
