using System.Runtime.CompilerServices;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Host.Sending;

/// <summary>Sends files over C-STORE as they are, once, and says of each what became of it. A refused file never stops the others.</summary>
public sealed class Sender(AssociationRequest receiver)
{
    /// <summary>Yields one outcome per file, in the files' order, as it becomes known.</summary>
    public async IAsyncEnumerable<FileOutcome> SendAsync(IReadOnlyList<string> files, [EnumeratorCancellation] CancellationToken stop = default)
    {
        await using var sender = new DicomSender(receiver) { RetryAfter = [] }; // who typed it sees what failed, and types it again
        await foreach (var outcome in sender.SendAsync(files, stop)) yield return new FileOutcome(outcome.Path, FateOf(outcome), outcome.Words);
    }

    private static FileFate FateOf(SendOutcome outcome) => outcome switch
    {
        { IsTaken: true } => FileFate.Stored,
        { Status: not null } or { Fault.Fault: NetworkFault.NoContext } => FileFate.Refused,
        { Fault.Fault: NetworkFault.UnsuitableFile } => FileFate.NotDicom,
        _ => FileFate.NotSent,
    };
}
