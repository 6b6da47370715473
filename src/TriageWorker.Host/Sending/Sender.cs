using TriageWorker.Dicom.Network;

namespace TriageWorker.Host.Sending;

/// <summary>Sends files over C-STORE as they are, and says of each what became of it. A refused file never stops the others.</summary>
public sealed class Sender(AssociationRequest receiver)
{
    private const int MaxContexts = 128; // odd ids of one byte (PS3.8 9.3.2.2)

    /// <summary>Yields one outcome per file, in the files' order, as it becomes known.</summary>
    public async IAsyncEnumerable<FileOutcome> SendAsync(
        IReadOnlyList<SendableFile> files, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop = default)
    {
        foreach (var batch in Batches(files))
        {
            var next = 0;
            while (next < batch.Count)
            {
                var before = next;
                await foreach (var outcome in SendOverOneAssociationAsync(batch, next, stop))
                {
                    next++;
                    yield return outcome;
                }

                // A broken association is opened again, unless it broke without taking anything.
                if (next == before) yield return NotSent(batch[next++], "the association broke before this file was taken");
            }
        }
    }

    private async IAsyncEnumerable<FileOutcome> SendOverOneAssociationAsync(
        IReadOnlyList<SendableFile> files, int first, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        var (association, refusal) = await OpenAsync(files, stop);
        if (association is null)
        {
            for (var i = first; i < files.Count; i++) yield return NotSent(files[i], refusal!);
            yield break;
        }

        await using var open = association;
        for (var i = first; i < files.Count; i++)
        {
            var (outcome, isBroken) = await StoreAsync(association, files[i], stop);
            yield return outcome;
            if (isBroken) yield break;
        }

        await ReleaseAsync(association, stop);
    }

    private async Task<(DicomAssociation? Association, string? Refusal)> OpenAsync(IReadOnlyList<SendableFile> files, CancellationToken stop)
    {
        try
        {
            var contexts = AssociationRequest.ForObjects(files.Select(file => (file.SopClassUid, file.TransferSyntax)));
            return (await DicomAssociation.RequestAsync(receiver with { Contexts = contexts }, stop), null);
        }
        catch (DicomNetworkException fault)
        {
            return (null, fault.Message);
        }
    }

    private static async Task<(FileOutcome Outcome, bool IsBroken)> StoreAsync(DicomAssociation association, SendableFile file, CancellationToken stop)
    {
        try
        {
            var status = await association.StoreAsync(file.Path, stop);
            return (new FileOutcome(file.Path, status.IsFailure ? FileFate.Refused : FileFate.Stored, status.ToString()), false);
        }
        catch (DicomNetworkException fault) when (fault.Fault == NetworkFault.NoContext)
        {
            return (new FileOutcome(file.Path, FileFate.Refused, fault.Message), false);
        }
        catch (DicomNetworkException fault)
        {
            return (NotSent(file, fault.Message), true);
        }
    }

    private static async Task ReleaseAsync(DicomAssociation association, CancellationToken stop)
    {
        try
        {
            await association.ReleaseAsync(stop);
        }
        catch (DicomNetworkException)
        {
            // Every file has its answer already; how the peer says goodbye changes none of them.
        }
    }

    private static FileOutcome NotSent(SendableFile file, string why) => new(file.Path, FileFate.NotSent, why);

    /// <summary>Cuts the files where an association would need more contexts than it can have.</summary>
    private static IEnumerable<IReadOnlyList<SendableFile>> Batches(IReadOnlyList<SendableFile> files)
    {
        var batch = new List<SendableFile>();
        var contexts = new HashSet<(string, string)>();
        foreach (var file in files)
        {
            if (contexts.Count == MaxContexts && !contexts.Contains((file.SopClassUid, file.TransferSyntax)))
            {
                yield return batch;
                (batch, contexts) = ([], []);
            }

            contexts.Add((file.SopClassUid, file.TransferSyntax));
            batch.Add(file);
        }

        if (batch.Count > 0) yield return batch;
    }
}
