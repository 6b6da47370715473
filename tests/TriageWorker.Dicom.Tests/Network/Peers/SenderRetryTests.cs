using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>What <see cref="DicomSender"/> sends again and what not, counted by the receiver.</summary>
public sealed class SenderRetryTests : IDisposable
{
    private static readonly TimeSpan s_first = TimeSpan.FromMinutes(7), s_second = TimeSpan.FromHours(3);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_what_failed_is_sent_again_each_time_after_its_wait()
    {
        var files = CtImage.WriteMany(_folder, 6);
        await using var receiver = await Receiver.StartAsync();
        receiver.Storage.Judge = head => (NumberOf(head.SopInstanceUid), Count(receiver, head.SopInstanceUid)) switch
        {
            (2, <= 2) => new(StoreVerdict.OutOfResources),
            (4, 1) => throw new InvalidOperationException("a fault that aborts the association"),
            _ => new(StoreVerdict.Stored),
        };
        var time = new DrivenTime();
        await using var sender = new DicomSender(Peer.At(receiver.Port) with { Time = time }) { RetryAfter = [s_first, s_second] };
        var sending = sender.SendAsync(files, Stop).ToListAsync(Stop);

        await time.NextTimerAsync(s_first);
        Numbers(receiver).ShouldBe([1, 2, 3, 4, 5, 6]);
        time.Advance(s_first);
        await time.NextTimerAsync(s_second);
        Numbers(receiver).ShouldBe([1, 2, 3, 4, 5, 6, 2, 4]);
        time.Advance(s_second);

        var outcomes = await sending;
        Numbers(receiver).ShouldBe([1, 2, 3, 4, 5, 6, 2, 4, 2]);
        outcomes.Select(outcome => (NumberOf(outcome.SopInstanceUid), outcome.Status)).ShouldBe(new[] { 1, 3, 5, 6, 4, 2 }.Select(number => (number, (DimseStatus?)DimseStatus.Success)));
        receiver.Storage.Arrivals.Count.ShouldBe(6); // each was kept once
        receiver.Storage.Callers.Count.ShouldBe(2); // the abort took one association, and nothing else did
    }

    [Fact]
    public async Task What_fails_for_good_is_sent_once_and_what_fails_too_often_keeps_its_last_status()
    {
        var files = CtImage.WriteMany(_folder, 3);
        await using var receiver = await Receiver.StartAsync();
        receiver.Storage.Judge = head => new(NumberOf(head.SopInstanceUid) switch
        {
            1 => StoreVerdict.CannotFollow,
            2 => StoreVerdict.OutOfResources,
            _ => StoreVerdict.Stored,
        });
        await using var sender = new DicomSender(Peer.At(receiver.Port)) { RetryAfter = [TimeSpan.Zero, TimeSpan.Zero] };
        var outcomes = await sender.SendAsync(files, Stop).ToListAsync(Stop);
        Numbers(receiver).ShouldBe([1, 2, 3, 2, 2]);
        outcomes.Select(outcome => (NumberOf(outcome.SopInstanceUid), outcome.Status)).ShouldBe(
            [(1, DimseStatus.CannotUnderstand), (3, DimseStatus.Success), (2, DimseStatus.OutOfResources)]);
    }

    [Fact]
    public async Task Of_several_at_once_only_those_without_an_answer_are_sent_again_after_an_abort()
    {
        var files = CtImage.WriteMany(_folder, 4);
        var window = new AsynchronousOperations(4, 1);
        await using var receiver = await Receiver.StartAsync(new DicomScpOptions { Operations = window });
        var (answered, last, over) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        receiver.Storage.Judge = async head =>
        {
            if (Count(receiver, head.SopInstanceUid) > 1) return StoreVerdict.Stored;
            if (NumberOf(head.SopInstanceUid) == 3)
            {
                await Task.WhenAll(answered.Task, last.Task);
                throw new InvalidOperationException("a fault that aborts the association");
            }

            if (NumberOf(head.SopInstanceUid) == 4)
            {
                last.SetResult();
                await over.Task; // whole, and kept in the end: but nobody is left to be told so
            }

            return StoreVerdict.Stored;
        };
        await using var sender = new DicomSender(Peer.At(receiver.Port) with { Operations = window }) { RetryAfter = [TimeSpan.Zero] };
        var taken = new List<int>();
        await foreach (var outcome in sender.SendAsync(files, Stop))
        {
            outcome.Status.ShouldBe(DimseStatus.Success);
            taken.Add(NumberOf(outcome.SopInstanceUid));
            if (taken.Count == 2) answered.SetResult();
        }

        over.SetResult();
        taken.ShouldBe([1, 2, 3, 4]);
        Numbers(receiver).ShouldBe([1, 2, 3, 4, 3, 4]);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>How often an object was begun.</summary>
    private static int Count(Receiver receiver, string uid) => receiver.Storage.Begun.Count(begun => begun == uid);

    private static IEnumerable<int> Numbers(Receiver receiver) => receiver.Storage.Begun.Select(NumberOf);

    private static int NumberOf(string uid) => uid[^1] - '0'; // CtImage numbers them from 1
}
