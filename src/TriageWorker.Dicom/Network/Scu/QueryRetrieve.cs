using System.Runtime.CompilerServices;

namespace TriageWorker.Dicom.Network;

/// <summary>C-FIND and C-MOVE as SCU (PS3.4, annexes C and K): query/retrieve and the modality worklist are the same operation under other SOP classes.</summary>
public static class QueryRetrieve
{
    extension(DicomAssociation association)
    {
        /// <summary>The matches, as they come. Leaving the loop early cancels the query (C-CANCEL).</summary>
        /// <param name="model">Such as <see cref="DicomUid.StudyRootQueryRetrieveInformationModelFind"/> or <see cref="DicomUid.ModalityWorklistInformationModelFind"/>.</param>
        /// <exception cref="DimseFailureException">The peer answered with a failure status.</exception>
        /// <exception cref="DicomNetworkException">No context for the model, or the association broke.</exception>
        public async IAsyncEnumerable<DicomDataset> FindAsync(
            string model, DicomDataset identifier, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var command = new CommandSet { Field = CommandField.FindRequest, MessageId = 0, AffectedSopClassUid = model };
            var invocation = await association.InvokeAsync(model, command, identifier, cancellationToken);
            var isOver = false;
            try
            {
                while (true)
                {
                    var response = await NextAsync(invocation, () => isOver = true, cancellationToken);
                    if (response.Command.Status.IsPending)
                    {
                        if (response.DataSet is { } match) yield return match;
                        continue;
                    }

                    isOver = true;
                    if (response.Command.Status.IsFailure) throw new DimseFailureException(response.Command.Status, response.Command.ErrorComment);
                    yield break;
                }
            }
            finally
            {
                if (!isOver) await GiveUpAsync(association, invocation);
            }
        }

        /// <summary>Has the peer send what matches to <paramref name="destination"/>. Cancelling sends C-CANCEL.</summary>
        /// <param name="progress">Told of each pending response.</param>
        /// <returns>The last response: also a failure or warning is a value, with what was and was not sent.</returns>
        /// <exception cref="DicomNetworkException">No context for the model, or the association broke.</exception>
        public async Task<MoveOutcome> MoveAsync(
            string model, string destination, DicomDataset identifier, IProgress<SubOperations>? progress = null, CancellationToken cancellationToken = default)
        {
            var command = new CommandSet { Field = CommandField.MoveRequest, MessageId = 0, AffectedSopClassUid = model, MoveDestination = destination };
            var invocation = await association.InvokeAsync(model, command, identifier, cancellationToken);
            var isOver = false;
            try
            {
                while (true)
                {
                    var (response, dataSet) = await NextAsync(invocation, () => isOver = true, cancellationToken);
                    var counts = response.SubOperations ?? default;
                    if (response.Status.IsPending)
                    {
                        progress?.Report(counts);
                        continue;
                    }

                    isOver = true;
                    return new MoveOutcome(response.Status, counts, dataSet?.GetStrings(DicomTag.FailedSOPInstanceUIDList) ?? [], response.ErrorComment);
                }
            }
            finally
            {
                if (!isOver) await GiveUpAsync(association, invocation);
            }
        }
    }

    private static async ValueTask<DimseResponse> NextAsync(Invocation invocation, Action onOver, CancellationToken cancellationToken)
    {
        try
        {
            return await invocation.NextAsync(cancellationToken);
        }
        catch (DicomNetworkException)
        {
            onOver(); // there is nobody left to cancel anything
            throw;
        }
    }

    private static async ValueTask GiveUpAsync(DicomAssociation association, Invocation invocation)
    {
        invocation.Abandon();
        await association.CancelAsync(invocation);
    }
}

/// <summary>How a C-MOVE ended.</summary>
public sealed record MoveOutcome(DimseStatus Status, SubOperations Counts, IReadOnlyList<string> FailedInstances, string Comment);

/// <summary>The peer answered a request with a failure status.</summary>
public sealed class DimseFailureException(DimseStatus status, string comment)
    : IOException(comment.Length > 0 ? $"The peer answered {status}: {comment}" : $"The peer answered {status}.")
{
    public DimseStatus Status => status;
}
