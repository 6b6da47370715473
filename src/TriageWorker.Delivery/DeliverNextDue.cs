using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriageWorker.Bus;
using TriageWorker.Dicom;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Delivery;

/// <summary>
/// Brings one document, or the originals of a study (<see cref="ForwardOriginals"/>), to one destination. A document's bytes are fixed before they are sent for the first time, so that a repeat
/// after a crash is the same object to its receiver.
/// </summary>
public sealed partial class DeliverNextDue(
    DeliveryStore deliveries, ReportInputs inputs, DestinationDirectory destinations, ForwardOriginals originals, IOptions<DeliveryOptions> options, ILogger<DeliverNextDue> log) : IStageWork
{
    public Stage Stage => Stage.Delivery;

    /// <summary>
    /// From seconds to a quarter of an hour, for days: a PACS may be away over a weekend. What waiting alone does not mend, such as an
    /// AE title that the PACS does not know, is mended by its administrator: after a call, in an hour, on Monday. So it is tried on,
    /// lest every document of that time would have to be sent by hand; but slowly from the first time on, with an error in the log
    /// each time, and with the reason where the delivery is shown.
    /// </summary>
    public RetryPolicy Retry { get; } = RetryOf(options.Value);

    /// <summary>The policy under these settings.</summary>
    public static RetryPolicy RetryOf(DeliveryOptions options) => new(options.MaxAttempts, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(15)) { Rules = [.. StowFaults.Rules, .. PacsFaults.Rules] };

    public async Task RunAsync(Claim claim, CancellationToken stop)
    {
        if (ForwardStore.IsOriginals(claim.Work))
        {
            await originals.RunAsync(claim, Retry, stop);
            return;
        }

        var job = await deliveries.FindAsync(Guid.Parse(claim.Key), stop) ?? throw new InvalidOperationException($"There is no delivery {claim.Key}.");
        if (destinations.Find(job.Destination) is not { } route)
        {
            await deliveries.FailedAsync(claim.Work.EndedBy(NoDestination), $"{job.Destination} {NoDestination.Because}", stop);
        }
        else if (job.Decision.Demonstration && !route.Demonstration)
        {
            await deliveries.WithheldAsync(claim.Work, Sentences.NotForDemonstration(job.Destination), stop);
            LogWithheld(job.Id, job.Destination);
        }
        else
        {
            await DeliverAsync(claim, job, route, stop);
        }
    }

    public Task GiveUpAsync(Claim claim, string because, CancellationToken stop) =>
        ForwardStore.IsOriginals(claim.Work) ? originals.GiveUpAsync(claim, because, stop) : deliveries.FailedAsync(claim.Work, because, stop);

    // Its breaker, if open, has nothing to wait for any more: each document is told of at once.
    internal static readonly WorkFault NoDestination = new(Prospect.ForGood, "is no destination of this installation any more.", "no-destination",
        "it is no destination of this installation any more") { Lane = LaneNews.Answers };

    private async Task DeliverAsync(Claim claim, DeliveryJob job, Route route, CancellationToken stop)
    {
        using var span = DeliveryTelemetry.Send(job);
        try
        {
            await using var handover = await destinations.To(route).OpenAsync(SopClassesOf(job), stop);
            var frozen = job.Frozen ?? await FreezeAsync(job, handover.SopClassUid, stop) ?? throw new LeaseLostException(claim.Work);
            var answer = await handover.SendAsync(DicomFile.Read(new MemoryStream(frozen.Content)), frozen.Content, stop);
            await SettleAsync(claim, job, answer, stop);
        }
        catch (IOException broken)
        {
            // The message of a way that broke is made for people; the exception's name says nothing to them.
            await SettleAsync(claim, job, new Handed.NotTaken(Retry.Judge(broken) with { Because = broken.Message }), stop);
        }
    }

    private async Task SettleAsync(Claim claim, DeliveryJob job, Handed answer, CancellationToken stop)
    {
        DeliveryTelemetry.Answered(job.Destination, answer);
        if (answer is not Handed.NotTaken(var fault))
        {
            await deliveries.DeliveredAsync(claim.Work, stop);
            LogDelivered(job.Id, job.Document, job.Destination, claim.Work.Attempt);
        }
        else if (fault.Prospect == Prospect.ForGood)
        {
            LogRefused(job.Id, job.Destination, fault.Because);
            await deliveries.FailedAsync(claim.Work.EndedBy(fault), $"{job.Destination} refused it: {fault.Because}", stop);
        }
        else
        {
            if (fault.Prospect == Prospect.NeedsSomebody) LogBlocked(job.Id, job.Destination, claim.Work.Attempt, fault.Because);
            else LogLater(job.Id, job.Destination, claim.Work.Attempt, fault.Because);
            await claim.FailAsync(fault, Retry, stop);
        }
    }

    /// <summary>What was fixed is sent in its class and no other.</summary>
    private static IReadOnlyList<string> SopClassesOf(DeliveryJob job) =>
        job.Frozen is { } frozen ? [DicomFile.Read(new MemoryStream(frozen.Content)).Dataset.GetString(DicomTag.SOPClassUID)!]
        : job.Document == DocumentKind.Text || !CanBeStructured(job) ? [DicomUid.BasicTextSRStorage]
        : SrDocument.SopClasses;

    /// <summary>Null when a newer result withheld it while its destination was being reached.</summary>
    private async Task<FrozenDocument?> FreezeAsync(DeliveryJob job, string sopClassUid, CancellationToken stop)
    {
        var input = await inputs.ForAsync(job, stop);
        var document = sopClassUid == DicomUid.BasicTextSRStorage
            ? TextDocument.Build(input, options.Value)
            : SrDocument.Build(input, options.Value, sopClassUid);
        var bytes = new MemoryStream();
        document.Write(bytes);
        return await deliveries.FreezeAsync(job.Id, new FrozenDocument(document.Dataset.GetString(DicomTag.SOPInstanceUID)!, bytes.ToArray()), stop);
    }

    /// <summary>A study that was not analysed has nothing to measure; that is said in text whatever was asked for.</summary>
    private static bool CanBeStructured(DeliveryJob job) =>
        job is { Scores: not null, Generation: not null, Decision: { PolicyId: not null, State: not "not_analysed" } };

    [LoggerMessage(6001, LogLevel.Information, "Delivery {Delivery}: {Document} is at {Destination}, attempt {Attempt}")]
    private partial void LogDelivered(Guid delivery, DocumentKind document, string destination, int attempt);

    [LoggerMessage(6002, LogLevel.Warning, "Delivery {Delivery} to {Destination} failed, attempt {Attempt}; it will be tried again: {Because}")]
    private partial void LogLater(Guid delivery, string destination, int attempt, string because);

    [LoggerMessage(6003, LogLevel.Error, "Delivery {Delivery} was refused by {Destination}: {Because}")]
    private partial void LogRefused(Guid delivery, string destination, string because);

    [LoggerMessage(6005, LogLevel.Error, "Delivery {Delivery} to {Destination} failed, attempt {Attempt}; waiting alone will not help, somebody must change the settings here or there. It is tried again all the same: {Because}")]
    private partial void LogBlocked(Guid delivery, string destination, int attempt, string because);

    [LoggerMessage(6004, LogLevel.Warning, "Delivery {Delivery} to {Destination} is withheld: a demonstration model's result stays inside demonstration destinations")]
    private partial void LogWithheld(Guid delivery, string destination);
}
