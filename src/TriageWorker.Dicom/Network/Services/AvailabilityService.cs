namespace TriageWorker.Dicom.Network;

/// <summary>One instance that can be had, and how fast (PS3.4, table R.3.2-1; Instance Availability in PS3.3, C.4.23.1.1: ONLINE, NEARLINE, OFFLINE, UNAVAILABLE).</summary>
public sealed record AvailableInstance(string SeriesInstanceUid, SopReference Instance, string Availability, string RetrieveAe);

/// <summary>Instance Availability Notification (PS3.4, annex R): which instances of a study can be had where.</summary>
public sealed record AvailabilityNotification(string SopInstanceUid, string StudyInstanceUid, IReadOnlyList<AvailableInstance> Instances)
{
    internal static AvailabilityNotification? From(string sopInstanceUid, DicomDataset dataSet)
    {
        if (dataSet.GetString(DicomTag.StudyInstanceUID) is not { } study) return null;
        var instances = new List<AvailableInstance>();
        foreach (var series in dataSet.GetSequence(DicomTag.ReferencedSeriesSequence))
        {
            if (series.GetString(DicomTag.SeriesInstanceUID) is not { } seriesUid) return null;
            foreach (var item in series.GetSequence(DicomTag.ReferencedSOPSequence))
            {
                if (SopReference.From(item) is not { } reference) return null;
                instances.Add(new AvailableInstance(
                    seriesUid, reference, item.GetString(DicomTag.InstanceAvailability) ?? "", item.GetString(DicomTag.RetrieveAETitle) ?? ""));
            }
        }

        return new AvailabilityNotification(sopInstanceUid, study, instances);
    }

    internal DicomDataset ToDataset() => new DicomDataset()
        .SetEmpty(DicomTag.ReferencedPerformedProcedureStepSequence)
        .Set(DicomTag.StudyInstanceUID, StudyInstanceUid)
        .Set(DicomTag.ReferencedSeriesSequence, [.. Instances.GroupBy(instance => instance.SeriesInstanceUid).Select(series => new DicomDataset()
            .Set(DicomTag.SeriesInstanceUID, series.Key)
            .Set(DicomTag.ReferencedSOPSequence, [.. series.Select(instance => instance.Instance.ToDataset()
                .Set(DicomTag.InstanceAvailability, instance.Availability)
                .Set(DicomTag.RetrieveAETitle, instance.RetrieveAe))]))]);
}

/// <summary>N-CREATE of Instance Availability Notification as SCP. Serves any number of associations.</summary>
/// <param name="notify">Takes the notification; it may throw <see cref="DimseRefusalException"/>.</param>
public sealed class AvailabilityService(Func<AvailabilityNotification, CancellationToken, ValueTask> notify) : DimseService
{
    internal override bool Knows(string sopClass) => sopClass == DicomUid.InstanceAvailabilityNotification;

    internal override bool Performs(string sopClass, CommandField request) => request == CommandField.CreateRequest && Knows(sopClass);

    internal override ValueTask<DimseOperation> BeginAsync(PresentationContext context, CommandSet command, MessageLimits limits) =>
        new(command.HasDataSet ? new DataSetOperation(limits, runsBeside: true, PerformAsync) : new RefusedOperation(DimseStatus.InvalidArgumentValue, "no attribute list"));

    private async ValueTask PerformAsync(DicomDataset dataSet, Responder responder, CancellationToken cancelled)
    {
        // A creator that names no instance leaves the naming to us (PS3.7, 10.1.5.1.4).
        var uid = responder.Request.AffectedSopInstanceUid is { Length: > 0 } given ? given : DicomUid.NewRandom();
        if (AvailabilityNotification.From(uid, dataSet) is not { } notification)
        {
            await responder.AnswerAsync(DimseStatus.InvalidArgumentValue, "Study or Series Instance UID is missing, or a reference is incomplete");
            return;
        }

        await notify(notification, cancelled);
        await responder.AnswerAsync(responder.Request.Response(DimseStatus.Success) with { AffectedSopInstanceUid = uid });
    }
}
