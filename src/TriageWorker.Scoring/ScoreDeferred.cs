using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriageWorker.Bus;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Models.Sessions;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

/// <summary>
/// The pass after the urgent work: adds to one result the risks that its package computes then, from the very images that were scored. Whatever stands in the way is
/// said in the result's place of them; what was decided stands.
/// </summary>
public sealed partial class ScoreDeferred(
    StudyReader reader, StudyImages images, ImageWaits waits, FrameDecoder decoder, WarmModels models, AdditionStore additions, IOptions<ScoringRoleOptions> role, TimeProvider clock,
    ILogger<ScoreDeferred> log)
{
    /// <summary>Adds them, or says why there are none. Where the result is not stored any more, or has them, nothing is left to do.</summary>
    /// <param name="retry">Judges a fault that no other attempt would mend.</param>
    public async Task RunAsync(Claim claim, RetryPolicy retry, CancellationToken stop)
    {
        var generation = DeferredWork.GenerationOf(claim.Key);
        switch (await additions.FindAsync(generation, stop))
        {
            case null or { IsSettled: true }:
                await claim.CompleteAsync(stop);
                break;
            case { IsReplaced: true }:
                await EndAsync(claim.Work, generation, "A newer result of the study replaced this one before its five-year risks were computed.", stop);
                break;
            case var awaiting when models.Behind(awaiting.Generation) is { } model:
                await ScoreAsync(claim, awaiting.Generation, model, retry, stop);
                break;
            case var awaiting:
                await EndAsync(claim.Work, generation, WhyNoModel(awaiting.Generation), stop);
                break;
        }
    }

    public Task GiveUpAsync(Claim claim, string because, CancellationToken stop) => EndAsync(
        claim.Work, DeferredWork.GenerationOf(claim.Key),
        string.Create(CultureInfo.InvariantCulture, $"They could not be computed because of a technical fault: {claim.Work.Attempt - 1} attempts failed, the last with \"{because}\"."), stop);

    private async Task ScoreAsync(Claim claim, GenerationRow generation, WarmModel model, RetryPolicy retry, CancellationToken stop)
    {
        using var activity = ScoringTelemetry.Activities.StartActivity("scoring.deferred");
        var times = new StepTimes(clock);
        using var hold = images.Hold();
        var reading = await times.OfAsync("headers", () => reader.ReadAgainAsync(generation, model, hold, stop));
        if (reading is not StudyReading.Away) await waits.EndAsync(claim.Study, stop);
        switch (reading)
        {
            case StudyReading.Away away:
                await waits.PutOffAsync(claim, away, stop);
                break;
            case StudyReading.Unsuitable(var because, _):
                await EndAsync(claim.Work, generation.Id, $"They could not be computed any more: {because}", stop);
                break;
            case StudyReading.Readable series:
                await ScoreAsync(claim.Work, generation, series, model, retry, times, stop);
                break;
        }
    }

    private async Task ScoreAsync(LeasedWork work, GenerationRow generation, StudyReading.Readable series, WarmModel model, RetryPolicy retry, StepTimes times, CancellationToken stop)
    {
        try
        {
            var input = await times.OfAsync("tensor", () => Task.Run(() => ModelInput.Make(series.Geometry, series.Body, model.Input, decoder, role.Value.ImagingThreads, stop), stop));
            var (output, took) = await model.ScoreAsync(GraphPass.Deferred, input.Tensor, clock, stop);
            times.Set("model", took);
            var risks = new DeferredRisks(
                generation.Id, ScoreSheet.Risks(output), Convert.FromHexString(input.Tensor.Digest()), model.Provider, ScoreStudy.CodeVersion, times.Milliseconds);
            if (await additions.AddAsync(work, risks, stop))
                LogExtended(work.Id, model.Package.Id, risks.Risks.Count, times.Milliseconds["headers"], times.Milliseconds["tensor"], times.Milliseconds["model"]);
        }
        catch (DecodingException damaged)
        {
            await EndAsync(work, generation.Id, $"They could not be computed: {damaged.Message}.", stop);
        }
        catch (ScoringException fault) when (!fault.WorthRetrying)
        {
            await EndAsync(work.EndedBy(retry.Judge(fault)), generation.Id, $"The model could not compute them: {fault.Message}", stop);
        }
    }

    private async Task EndAsync(LeasedWork work, GenerationId generation, string because, CancellationToken stop)
    {
        if (await additions.EndAsync(work, generation, because, stop)) LogEnded(work.Id, because);
    }

    private string WhyNoModel(GenerationRow generation) => models.All.FirstOrDefault(model => model.Package.Id == generation.PackageId) is { } other
        ? $"{generation.PackageId} {generation.PackageVersion} was replaced by {(other.Package.Version == generation.PackageVersion ? "another package of that version" : other.Package.Version)} before they were computed."
        : $"{generation.PackageId} was taken out of the settings before they were computed.";

    [LoggerMessage(5007, LogLevel.Information, "Scoring work {Work}, {Package}: {Risks} risks added after the urgent work; headers {Headers} ms, tensor {Tensor} ms, model {Model} ms")]
    private partial void LogExtended(long work, string package, int risks, double headers, double tensor, double model);

    [LoggerMessage(5008, LogLevel.Information, "Scoring work {Work}: no risks are added. {Because}")]
    private partial void LogEnded(long work, string because);
}
