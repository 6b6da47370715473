using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>
/// Answers commitment requests over an association of its own (PS3.4, J.3.3): those whose sender has left without its answer, whose images
/// came late, or whose process died. Any node may.
/// </summary>
internal sealed partial class CommitmentReporter(
    CommitmentStore commitments, ManifestStore manifests, ReportTargets targets, IOptions<SpoolOptions> spool, TimeProvider clock, ILogger<CommitmentReporter> log) : BackgroundService
{
    private const int MostAtOnce = 8;
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(1), s_trimEvery = TimeSpan.FromHours(1), s_missingAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(5), s_longest = TimeSpan.FromMinutes(10), s_giveUpAfter = TimeSpan.FromDays(1);

    [SuppressMessage("Design", "CA1031", Justification = "The outermost loop: whatever happens to one answer, its row is still there.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var trimmed = clock.GetTimestamp();
        using var timer = new PeriodicTimer(s_lookEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (var open in await commitments.TakeDueAsync(MostAtOnce, stoppingToken)) await AnswerAsync(open, stoppingToken);
                if (clock.GetElapsedTime(trimmed) < s_trimEvery) continue;
                trimmed = clock.GetTimestamp();
                await manifests.TrimAsync(stoppingToken);
            }
            catch (NpgsqlException)
            {
                // The rows wait; that the database is away, others say.
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFault(fault);
            }
        }
    }

    private async Task AnswerAsync(OpenCommitment open, CancellationToken stop)
    {
        var images = await commitments.ImagesAsync(open.Id, stop);
        if (spool.Value.Archive && !open.IsLate && !CommitmentAnswer.IsWhole(images))
        {
            await commitments.WaitAsync(open.Id, s_missingAgain, stop);
            return;
        }

        var result = CommitmentAnswer.Of(open.TransactionUid, images, spool.Value.Archive);
        if (targets.PortOf(open.Caller) is not { } port)
        {
            LogNowhere(open.Caller);
            await commitments.AnsweredAsync(open.Id, $"not delivered, as no port is known to report to: {CommitmentAnswer.Words(result)}", stop);
        }
        else if (await TrySendAsync(open, port, result, stop) is { } error)
        {
            await TriedAsync(open, error, result, stop);
        }
        else
        {
            LogReported(open.Caller, result.Committed.Count, result.Failed.Count);
            await commitments.AnsweredAsync(open.Id, CommitmentAnswer.Words(result), stop);
        }
    }

    private async Task TriedAsync(OpenCommitment open, string error, CommitmentResult result, CancellationToken stop)
    {
        if (open.Age >= s_giveUpAfter)
        {
            LogGivenUp(open.Caller, error);
            await commitments.AnsweredAsync(open.Id, $"not delivered within a day: {CommitmentAnswer.Words(result)}", stop);
            return;
        }

        var wait = s_first * (1 << Math.Min(open.Attempts, 20));
        LogNotTaken(open.Caller, error);
        await commitments.FailedAsync(open.Id, error, wait < s_longest ? wait : s_longest, stop);
    }

    /// <returns>Why it was not taken; null when it was.</returns>
    private async Task<string?> TrySendAsync(OpenCommitment open, int port, CommitmentResult result, CancellationToken stop)
    {
        try
        {
            await using var association = await DicomAssociation.RequestAsync(new AssociationRequest
            {
                Host = targets.AddressOf(open.Caller) ?? open.PeerAddress, Port = port, CalledAe = open.Caller, CallingAe = open.CalledAe,
                Contexts = AssociationRequest.For(DicomUid.StorageCommitmentPushModel), Roles = [StorageCommitment.ScpRole], Time = clock,
            }, stop);
            var status = await association.ReportAsync(result, stop);
            await association.ReleaseAsync(stop);
            return status.IsSuccess ? null : $"it answered {status}";
        }
        catch (DicomNetworkException broken)
        {
            return broken.Message;
        }
    }

    [LoggerMessage(1064, LogLevel.Information, "Reported to {Caller} over an association of our own: {Committed} objects committed to, {Failed} not")]
    private partial void LogReported(string caller, int committed, int failed);

    [LoggerMessage(1065, LogLevel.Warning, "{Caller} did not take the answer to its commitment request; it is sent again: {Reason}")]
    private partial void LogNotTaken(string caller, string reason);

    [LoggerMessage(1066, LogLevel.Error, "The answer to a commitment request of {Caller} could not be delivered within a day and is given up: {Reason}")]
    private partial void LogGivenUp(string caller, string reason);

    [LoggerMessage(1067, LogLevel.Warning, "{Caller} left without the answer to its commitment request, and there is no Intake:Callers:n:ReportPort to call it at")]
    private partial void LogNowhere(string caller);

    [LoggerMessage(1068, LogLevel.Error, "An answer to a commitment request could not be made")]
    private partial void LogFault(Exception fault);
}
