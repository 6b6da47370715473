using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Intake;

/// <summary>
/// Takes what callers say of the images they have sent: storage commitment requests and availability notifications. Each becomes a list
/// that its studies are compared with, whether or not anything is committed to.
/// </summary>
internal sealed partial class Announcements(
    ManifestStore manifests, CommitmentStore commitments, ReportTargets targets, IOptions<SpoolOptions> spool, IOptions<IntakeOptions> intake, TimeProvider clock, ILogger<Announcements> log)
{
    private const string Unavailable = "UNAVAILABLE"; // PS3.3, C.4.23.1.1
    private static readonly TimeSpan s_rowsFollowWithin = TimeSpan.FromSeconds(2), s_lookEvery = TimeSpan.FromMilliseconds(50), s_sameAssociation = TimeSpan.FromSeconds(30), s_patience = TimeSpan.FromSeconds(10);

    /// <summary>What is offered to one caller beside storage.</summary>
    public IReadOnlyList<DimseService> For(AssociationCaller caller)
    {
        var requests = new Requests(this, caller);
        return [new CommitmentService(requests.CommitAsync, requests.ReportedAsync), new AvailabilityService((notification, stop) => NotifyAsync(caller, notification, stop))];
    }

    private async ValueTask NotifyAsync(AssociationCaller caller, AvailabilityNotification notification, CancellationToken stop)
    {
        AnnouncedImage[] images = [.. notification.Instances.Where(one => one.Availability != Unavailable)
            .Select(one => new AnnouncedImage(one.Instance.SopClassUid, new SopInstanceUid(one.Instance.SopInstanceUid)))];
        if (images.Length == 0) return;
        await KeepAsync(new ImageList(ManifestKind.Availability, caller.CallingAe, notification.SopInstanceUid, new StudyUid(notification.StudyInstanceUid), images), null, stop);
        LogNotified(caller.CallingAe, caller.Remote, images.Length);
    }

    // Without its row there is no promise: the caller is told to ask again.
    private async Task<long> KeepAsync(ImageList list, CommitmentTerms? terms, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(s_patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            return await manifests.AddAsync(list, terms, either.Token);
        }
        catch (ArgumentException unfit)
        {
            throw new DimseRefusalException(DimseStatus.InvalidArgumentValue, unfit.Message);
        }
        catch (Exception away) when (away is NpgsqlException || (away is OperationCanceledException && !stop.IsCancellationRequested))
        {
            LogAway(list.Caller, away.Message);
            throw new DimseRefusalException(DimseStatus.ResourceLimitation, "it cannot be kept now; ask again");
        }
    }

    /// <summary>The requests of one association, until their answers are taken or left to others.</summary>
    private sealed class Requests(Announcements announcements, AssociationCaller caller)
    {
        private readonly Dictionary<string, long> _open = new(StringComparer.Ordinal);

        public async ValueTask<CommitmentResult?> CommitAsync(CommitmentRequest request, CancellationToken stop)
        {
            var isArchive = announcements.IsArchive;
            var address = caller.Remote is IPEndPoint { Address: var ip } ? $"{(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip)}" : "";
            var id = await announcements.KeepAsync(
                new ImageList(ManifestKind.Commitment, caller.CallingAe, request.TransactionUid, null,
                    [.. request.Instances.Select(instance => new AnnouncedImage(instance.SopClassUid, new SopInstanceUid(instance.SopInstanceUid)))]),
                new CommitmentTerms(caller.CalledAe, address, isArchive ? announcements.WaitFor : TimeSpan.Zero, s_sameAssociation), stop);
            announcements.LogRequested(caller.CallingAe, caller.Remote, request.Instances.Count, isArchive);
            var images = await announcements.HereAsync(id, isArchive, stop);
            if (isArchive && !CommitmentAnswer.IsWhole(images) && announcements.MayCall(caller.CallingAe))
            {
                await announcements.LaterAsync(id, stop);
                return null;
            }

            lock (_open) _open[request.TransactionUid] = id;
            return CommitmentAnswer.Of(request.TransactionUid, images, isArchive);
        }

        public async ValueTask ReportedAsync(CommitmentResult result, bool isTaken)
        {
            long id;
            lock (_open)
                if (!_open.Remove(result.TransactionUid, out id)) return;
            await announcements.ReportedAsync(caller, id, result, isTaken);
        }
    }

    private bool IsArchive => spool.Value.Archive;

    private TimeSpan WaitFor => intake.Value.CommitmentWait;

    private bool MayCall(string callingAe) => targets.PortOf(callingAe) is not null;

    private Task LaterAsync(long id, CancellationToken stop) => commitments.WaitAsync(id, TimeSpan.Zero, stop);

    // The rows of images that were sent just before follow within a tenth of a second.
    private async Task<List<CommittedImage>> HereAsync(long id, bool isArchive, CancellationToken stop)
    {
        var until = clock.GetUtcNow() + (isArchive ? s_rowsFollowWithin : TimeSpan.Zero);
        while (true)
        {
            var images = await commitments.ImagesAsync(id, stop);
            if (CommitmentAnswer.IsWhole(images) || clock.GetUtcNow() >= until) return images;
            await Task.Delay(s_lookEvery, clock, stop);
        }
    }

    private async Task ReportedAsync(AssociationCaller caller, long id, CommitmentResult result, bool isTaken)
    {
        try
        {
            if (isTaken)
            {
                await commitments.AnsweredAsync(id, CommitmentAnswer.Words(result), CancellationToken.None);
                LogAnswered(caller.CallingAe, result.Committed.Count, result.Failed.Count);
            }
            else
            {
                await LaterAsync(id, CancellationToken.None);
            }
        }
        catch (Exception away) when (away is NpgsqlException or ObjectDisposedException)
        {
            // The answer is due again by its row; the same report twice says the same.
        }
    }

    [LoggerMessage(1060, LogLevel.Information, "{Caller} ({Remote}) asks for commitment to {Images} objects; an archive: {IsArchive}")]
    private partial void LogRequested(string caller, EndPoint? remote, int images, bool isArchive);

    [LoggerMessage(1061, LogLevel.Information, "{Caller} took the answer to its commitment request: {Committed} objects committed to, {Failed} not")]
    private partial void LogAnswered(string caller, int committed, int failed);

    [LoggerMessage(1062, LogLevel.Information, "{Caller} ({Remote}) says that {Images} objects of a study are available")]
    private partial void LogNotified(string caller, EndPoint? remote, int images);

    [LoggerMessage(1063, LogLevel.Warning, "A list of objects by {Caller} cannot be kept, and it is told to ask again: {Reason}")]
    private partial void LogAway(string caller, string reason);
}
