namespace TriageWorker.Dicom.Network;

/// <summary>The C-STORE sub-operations of one C-MOVE, and its responses (PS3.4, C.4.2.2.1 and C.4.2.3.1).</summary>
internal sealed class MoveSubOperations(Responder responder, MovePlan.Send plan, string originator)
{
    private readonly List<string> _failedUids = [.. plan.Unavailable];
    private int _completed, _failed = plan.Unavailable.Count, _warning;

    private SubOperations Counts => new(plan.Files.Count + plan.Unavailable.Count - _completed - _failed - _warning, _completed, _failed, _warning);

    public async ValueTask RunAsync(CancellationToken cancelled)
    {
        bool isWhole;
        try
        {
            isWhole = await SendAsync(cancelled);
        }
        finally
        {
            plan.Ended?.Invoke(Counts);
        }

        await AnswerAsync(!isWhole ? DimseStatus.Cancelled
            : _failed == 0 && _warning == 0 ? DimseStatus.Success
            : _completed + _warning == 0 ? DimseStatus.UnableToPerformSubOperations
            : DimseStatus.SubOperationsWithFailures);
    }

    /// <returns>False when the requestor cancelled.</returns>
    private async ValueTask<bool> SendAsync(CancellationToken cancelled)
    {
        // Takes leave of the destination before the last response is sent: the requestor may be the destination.
        await using var sender = new DicomSender(plan.Destination) { Originator = new MoveOriginator(originator, responder.Request.MessageId) };
        try
        {
            await foreach (var outcome in sender.SendAsync(plan.Files, cancelled).WithCancellation(cancelled))
            {
                Count(outcome);
                if (Counts.Remaining > 0) await responder.AnswerAsync(responder.Request.Response(DimseStatus.Pending) with { SubOperations = Counts });
            }

            return true;
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Count(SendOutcome outcome)
    {
        if (!outcome.IsTaken)
        {
            _failed++;
            if (outcome.SopInstanceUid.Length > 0) _failedUids.Add(outcome.SopInstanceUid);
        }
        else if (outcome.Status is { IsWarning: true }) _warning++;
        else _completed++;
    }

    private ValueTask AnswerAsync(DimseStatus status) => responder.AnswerAsync(
        responder.Request.Response(status) with { SubOperations = Counts },
        _failedUids.Count == 0 ? null : new DicomDataset().Set(DicomTag.FailedSOPInstanceUIDList, [.. _failedUids]));
}
