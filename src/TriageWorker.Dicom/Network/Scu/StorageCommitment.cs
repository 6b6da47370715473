namespace TriageWorker.Dicom.Network;

/// <summary>Storage commitment (PS3.4, annex J) over an association this side asked for.</summary>
public static class StorageCommitment
{
    /// <summary>What an SCP proposes when it calls an SCU to report (PS3.4, J.3.3).</summary>
    public static RoleSelection ScpRole { get; } = new(DicomUid.StorageCommitmentPushModel, IsScu: false, IsScp: true);

    extension(DicomAssociation association)
    {
        /// <summary>As SCU: asks the peer to keep these instances (N-ACTION). Success says that it will report, not that it keeps them.</summary>
        /// <remarks>The report comes to <see cref="CommitmentReports"/>: among <see cref="AssociationRequest.Services"/>, or at this side's own port.</remarks>
        /// <exception cref="DicomNetworkException">No context for storage commitment, or the association broke.</exception>
        public async Task<DimseStatus> RequestCommitmentAsync(CommitmentRequest request, CancellationToken cancellationToken = default) =>
            await DicomAssociation.StatusAsync(
                await association.InvokeAsync(DicomUid.StorageCommitmentPushModel, CommitmentRequest.Action(), request.ToDataset(), cancellationToken), cancellationToken);

        /// <summary>As SCP: reports on a request (N-EVENT-REPORT). The association proposes <see cref="ScpRole"/>.</summary>
        /// <exception cref="DicomNetworkException">No context for storage commitment, or the association broke.</exception>
        public async Task<DimseStatus> ReportAsync(CommitmentResult result, CancellationToken cancellationToken = default) =>
            await DicomAssociation.StatusAsync(
                await association.InvokeAsync(DicomUid.StorageCommitmentPushModel, result.Report(), result.ToDataset(), cancellationToken), cancellationToken);

        /// <summary>Tells the peer which instances can be had (N-CREATE of Instance Availability Notification, PS3.4, annex R).</summary>
        /// <exception cref="DicomNetworkException">No context for the notification, or the association broke.</exception>
        public async Task<DimseStatus> NotifyAsync(AvailabilityNotification notification, CancellationToken cancellationToken = default)
        {
            var command = new CommandSet
            {
                Field = CommandField.CreateRequest,
                MessageId = 0,
                AffectedSopClassUid = DicomUid.InstanceAvailabilityNotification,
                AffectedSopInstanceUid = notification.SopInstanceUid,
            };
            return await DicomAssociation.StatusAsync(
                await association.InvokeAsync(DicomUid.InstanceAvailabilityNotification, command, notification.ToDataset(), cancellationToken), cancellationToken);
        }
    }
}
