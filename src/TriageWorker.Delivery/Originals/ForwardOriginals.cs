using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriageWorker.Bus;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Delivery;

/// <summary>
/// Brings the originals of a study to one destination: the files as they were received, over one association. Whatever ends that early,
/// only what the destination has not said to have is sent again.
/// </summary>
public sealed partial class ForwardOriginals(
    ForwardStore forwards, StudyStore studies, DestinationDirectory destinations, Spool spool, IOptions<BusOptions> bus, TimeProvider clock, ILogger<ForwardOriginals> log)
{
    private const int MostBrokenWays = 3;

    // What has arrived is kept as often as this; a crash has no more than that sent twice.
    private static readonly TimeSpan KeepEvery = TimeSpan.FromSeconds(5), LastKeepWithin = TimeSpan.FromSeconds(5);

    public async Task RunAsync(Claim claim, RetryPolicy retry, CancellationToken stop)
    {
        var job = await FindAsync(claim, stop);
        if (destinations.Find(job.Row.Destination) is not { } route)
            await forwards.FailedAsync(claim.Work.EndedBy(DeliverNextDue.NoDestination), job, job.Missing, $"{job.Row.Destination} {DeliverNextDue.NoDestination.Because}", stop);
        else if (route.Kind != RouteKind.Dicom)
            await forwards.FailedAsync(claim.Work, job, job.Missing, $"{route.Name} is no PACS ({route.Kind}): originals are sent by C-STORE only.", stop);
        else await SendAsync(claim, job, route, retry, stop);
    }

    public async Task GiveUpAsync(Claim claim, string because, CancellationToken stop)
    {
        var job = await FindAsync(claim, stop);
        await forwards.FailedAsync(claim.Work, job, job.Missing, because, stop);
    }

    private async Task<ForwardJob> FindAsync(Claim claim, CancellationToken stop) =>
        await forwards.FindAsync(claim.Work, stop) ?? throw new InvalidOperationException($"There is no round of originals {claim.Key}.");

    private async Task SendAsync(Claim claim, ForwardJob job, Route route, RetryPolicy retry, CancellationToken stop)
    {
        var missing = job.Missing.ToHashSet(StringComparer.Ordinal);
        var images = (await studies.InstancesAsync(job.Study, null, stop)).Where(instance => !instance.Own && missing.Contains(instance.Sop.Value)).ToList();
        var troubles = new OriginalTroubles(retry);
        if (claim.Work.Attempt > 1) RandomNumberGenerator.Shuffle(CollectionsMarshal.AsSpan(images)); // one that breaks the way does not stand before the others for ever
        foreach (var gone in missing.Except(images.Select(image => image.Sop.Value))) troubles.AddGone(gone);
        var isWhole = await SendAsync(claim.Work, route, images, missing, troubles, stop);
        DeliveryTelemetry.Forwarded(route.Name, job.Missing.Count - missing.Count, troubles.Count);
        if (missing.Count == 0)
        {
            await forwards.DeliveredAsync(claim.Work, job, stop);
            LogDelivered(job.Row.Id, job.Row.Images, route.Name, claim.Work.Attempt);
        }
        else if (!isWhole)
        {
            await forwards.InterruptedAsync(claim.Work, job, missing, "its turn was over; the rest follows", stop);
            await claim.RescheduleAsync(job.Now, stop);
        }
        else await SettleAsync(claim, job, missing, troubles.Sum(missing.Count, job.Row.Images), retry, stop);
    }

    private async Task SettleAsync(Claim claim, ForwardJob job, HashSet<string> missing, WorkFault fault, RetryPolicy retry, CancellationToken stop)
    {
        var destination = job.Row.Destination;
        if (fault.Prospect == Prospect.ForGood)
        {
            LogRefused(job.Row.Id, destination, fault.Because);
            await forwards.FailedAsync(claim.Work.EndedBy(fault), job, missing, fault.Because, stop);
            return;
        }

        await forwards.InterruptedAsync(claim.Work, job, missing, fault.Because, stop);
        if (fault.Prospect == Prospect.NeedsSomebody) LogBlocked(job.Row.Id, destination, claim.Work.Attempt, fault.Because);
        else LogLater(job.Row.Id, destination, claim.Work.Attempt, fault.Because);
        await claim.FailAsync(fault, retry, stop);
    }

    /// <returns>False when its time was over before all had been tried, and nothing is wrong.</returns>
    private async Task<bool> SendAsync(LeasedWork work, Route route, List<InstanceRow> images, HashSet<string> missing, OriginalTroubles troubles, CancellationToken stop)
    {
        // An attempt that takes too long counts as failed; this one ends before, and goes on as another.
        var (began, kept, longest) = (clock.GetTimestamp(), clock.GetTimestamp(), bus.Value.LongestAttempt.Delivery / 2);
        await using var sender = new DicomSender(destinations.RequestTo(route)) { RetryAfter = [] };
        try
        {
            await foreach (var outcome in sender.SendAsync([.. images.Select(image => spool.At(image.Path))], stop))
            {
                // Its UID is known here, so what it holds under it is this image: an answer of its was lost on the way.
                if (outcome.IsTaken || outcome.Status == DimseStatus.DuplicateSopInstance) missing.Remove(outcome.SopInstanceUid);
                else troubles.Add(outcome);
                if (troubles.BrokenWays >= MostBrokenWays) break; // whatever breaks it would break it at the next image too
                if (clock.GetElapsedTime(began) >= longest) return troubles.Count > 0; // a destination in trouble gets its pause first
                if (clock.GetElapsedTime(kept) < KeepEvery) continue;
                await forwards.ProgressAsync(work, missing, stop);
                kept = clock.GetTimestamp();
            }
        }
        catch (OperationCanceledException)
        {
            using var deadline = new CancellationTokenSource(LastKeepWithin, clock);
            await forwards.ProgressAsync(work, missing, deadline.Token);
            throw;
        }

        return true;
    }

    [LoggerMessage(6010, LogLevel.Information, "Originals {Round}: all {Images} are at {Destination}, attempt {Attempt}")]
    private partial void LogDelivered(Guid round, int images, string destination, int attempt);

    [LoggerMessage(6011, LogLevel.Warning, "Originals {Round} for {Destination} are not all there, attempt {Attempt}; the rest will be sent again: {Because}")]
    private partial void LogLater(Guid round, string destination, int attempt, string because);

    [LoggerMessage(6012, LogLevel.Error, "Originals {Round} were refused by {Destination}: {Because}")]
    private partial void LogRefused(Guid round, string destination, string because);

    [LoggerMessage(6013, LogLevel.Error, "Originals {Round} for {Destination} are not all there, attempt {Attempt}; waiting alone will not help, somebody must change the settings here or there. The rest is sent again all the same: {Because}")]
    private partial void LogBlocked(Guid round, string destination, int attempt, string because);
}
