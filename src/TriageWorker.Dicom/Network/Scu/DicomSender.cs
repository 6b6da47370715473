using System.Runtime.CompilerServices;

namespace TriageWorker.Dicom.Network;

/// <summary>
/// Sends files to one destination by C-STORE: as they are, over an association that is kept for the next ones, with as many
/// open at once as the peer allows; what failed for now is tried again, alone.
/// </summary>
/// <param name="destination">Its contexts are not looked at: what is proposed follows from the files.</param>
public sealed class DicomSender(AssociationRequest destination) : IAsyncDisposable
{
    private DicomAssociation? _association;
    private HashSet<(string SopClass, string Syntax)> _proposed = [];

    /// <summary>How long to wait before what failed for now is tried again; as often as there are entries.</summary>
    public IReadOnlyList<TimeSpan> RetryAfter { get; init; } = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    internal MoveOriginator? Originator { get; init; }

    /// <summary>Yields one outcome for each file when it is final, in the files' order within each try. One call at a time.</summary>
    public async IAsyncEnumerable<SendOutcome> SendAsync(IReadOnlyList<string> files, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var waiting = new List<Part10Head>();
        foreach (var file in files)
        {
            if (Look(file, out var head) is { } unsuitable) yield return unsuitable;
            else waiting.Add(head!);
        }

        for (var round = 0; waiting.Count > 0; round++)
        {
            if (round > 0) await Task.Delay(RetryAfter[round - 1], destination.Time, cancellationToken);
            var again = new List<Part10Head>();
            await foreach (var (head, outcome) in SendOnceAsync(waiting, cancellationToken))
            {
                if (outcome.IsRetryWorthwhile && round < RetryAfter.Count) again.Add(head);
                else yield return outcome;
            }

            waiting = again;
        }
    }

    /// <summary>Takes leave of the peer. The next file opens a new association.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_association is not { } association) return;
        _association = null;
        await using (association)
        {
            try
            {
                if (association.IsOpen) await association.ReleaseAsync();
            }
            catch (DicomNetworkException)
            {
                // Every file has its answer already; how the peer says goodbye changes none of them.
            }
        }
    }

    private async IAsyncEnumerable<(Part10Head Head, SendOutcome Outcome)> SendOnceAsync(
        List<Part10Head> heads, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var batch in Batches(heads))
        {
            for (var next = 0; next < batch.Count;)
            {
                var (association, fault) = await OpenAsync(batch, cancellationToken);
                if (association is null)
                {
                    for (; next < batch.Count; next++) yield return (batch[next], Failed(batch[next], fault!));
                    break;
                }

                if (!association.IsOpen)
                {
                    yield return (batch[next], Failed(batch[next], association.Fault!)); // it ended as soon as it was accepted
                    next++;
                    continue;
                }

                var open = new Queue<(Part10Head Head, Task<SendOutcome> Answer)>();
                try
                {
                    do
                    {
                        while (next < batch.Count && open.Count < association.Window && association.IsOpen)
                            open.Enqueue((batch[next], StoreAsync(association, batch[next++], cancellationToken)));
                        if (!open.TryPeek(out var first)) continue;
                        var outcome = await first.Answer;
                        open.Dequeue();
                        yield return (first.Head, outcome);
                    }
                    while (open.Count > 0 || (next < batch.Count && association.IsOpen));
                }
                finally
                {
                    if (open.Count > 0) await AbandonAsync(open.Select(unanswered => unanswered.Answer));
                }
            }
        }
    }

    private async Task<(DicomAssociation? Association, DicomNetworkException? Fault)> OpenAsync(List<Part10Head> batch, CancellationToken cancellationToken)
    {
        var needed = batch.Select(head => (head.SopClassUid, head.TransferSyntax)).ToHashSet();
        if (_association is { IsOpen: true } && needed.IsSubsetOf(_proposed)) return (_association, null);
        await DisposeAsync();
        try
        {
            _association = await DicomAssociation.RequestAsync(destination with { Contexts = AssociationRequest.ForObjects(needed) }, cancellationToken);
            _proposed = needed;
            return (_association, null);
        }
        catch (DicomNetworkException fault)
        {
            return (null, fault);
        }
    }

    private async Task<SendOutcome> StoreAsync(DicomAssociation association, Part10Head head, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(head.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            file.Position = head.DataSetOffset;
            var status = await association.StoreAsync(head.SopClassUid, head.SopInstanceUid, head.TransferSyntax, file, Originator, cancellationToken);
            return new SendOutcome(head.Path, head.SopInstanceUid, status, null);
        }
        catch (DicomNetworkException fault)
        {
            return Failed(head, fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Failed(head, Unreadable(head.Path, fault)); // it was there when it was looked at
        }
    }

    /// <summary>The caller takes no more outcomes: the association is in the middle of things and no use to anybody.</summary>
    private async Task AbandonAsync(IEnumerable<Task<SendOutcome>> answers)
    {
        if (_association is { } association) await association.DisposeAsync();
        _association = null;
        await ((Task)Task.WhenAll(answers)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static SendOutcome? Look(string file, out Part10Head? head)
    {
        head = null;
        try
        {
            head = Part10Head.Read(file);
            return null;
        }
        catch (DicomNetworkException unsuitable)
        {
            return new SendOutcome(file, "", null, unsuitable);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new SendOutcome(file, "", null, Unreadable(file, fault));
        }
    }

    private static DicomNetworkException Unreadable(string file, Exception fault) =>
        new(NetworkFault.UnsuitableFile, $"'{file}' cannot be read: {fault.Message}", false, fault);

    private static SendOutcome Failed(Part10Head head, DicomNetworkException fault) => new(head.Path, head.SopInstanceUid, null, fault);

    /// <summary>Cuts the files where an association would need more contexts than it can have.</summary>
    private static IEnumerable<List<Part10Head>> Batches(List<Part10Head> heads)
    {
        var batch = new List<Part10Head>();
        var contexts = new HashSet<(string, string)>();
        foreach (var head in heads)
        {
            if (contexts.Add((head.SopClassUid, head.TransferSyntax)) && contexts.Count > AssociateRequest.MaxContexts)
            {
                yield return batch;
                (batch, contexts) = ([], [(head.SopClassUid, head.TransferSyntax)]);
            }

            batch.Add(head);
        }

        if (batch.Count > 0) yield return batch;
    }
}
