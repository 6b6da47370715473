using System.Reflection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriageWorker.Bus;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Models.Sessions;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

/// <summary>
/// Scores the study of one claim with the next package that has not done its part, and commits what becomes of that: result, decision, list, deliveries and the
/// part's end together. The row is due again for the package after it, so that a more urgent study may come between. What a package computes after the urgent work
/// has a row of its own, for <see cref="ScoreDeferred"/>.
/// </summary>
public sealed partial class ScoreStudy(
    StudyReader reader, StudyImages images, ImageWaits waits, FrameDecoder decoder, WarmModels models, GenerationStore generations, OutcomeStore outcomes, ScoreDeferred deferred, IOptions<ScoringRoleOptions> role, TimeProvider clock, ILogger<ScoreStudy> log)
    : IStageWork
{
    /// <summary>What of the product's code made a result.</summary>
    internal static string CodeVersion { get; } =
        typeof(ScoreStudy).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public Stage Stage => Stage.Scoring;

    public RetryPolicy Retry { get; } = RetryOf(role.Value);

    /// <summary>The policy under these settings. What the model says of an image it says again; what the machine lacked it may have later.</summary>
    public static RetryPolicy RetryOf(ScoringRoleOptions options) => RetryPolicy.Default with
    {
        MaxAttempts = options.MaxAttempts,
        Rules =
        [
            new("a node gave other bytes than were received", Prospect.Unclear, fault => fault is ContentMismatchException) { Cause = "content" },
            new("the machine could not compute it", Prospect.Passing, fault => fault is ScoringException { WorthRetrying: true }) { Cause = "machine" },
            new("the model could not score it", Prospect.ForGood, fault => fault is ScoringException) { Cause = "model" },
            .. FaultRule.Usual,
        ],
    };

    public async Task RunAsync(Claim claim, CancellationToken stop)
    {
        if (DeferredWork.IsKey(claim.Key))
        {
            await deferred.RunAsync(claim, Retry, stop);
            return;
        }

        if (models.Next(claim.Work.Parts) is not { } model)
        {
            await outcomes.CompleteUnchangedAsync(claim.Work, stop); // packages were taken out of the settings meanwhile
            return;
        }

        var work = models.PartOf(claim.Work, model);
        using var activity = ScoringTelemetry.Activities.StartActivity("scoring.study");
        var times = new StepTimes(clock);
        using var hold = images.Hold();
        var reading = await times.OfAsync("headers", () => reader.ReadAsync(claim.Study, model, hold, stop));
        if (reading is not StudyReading.Away) await waits.EndAsync(claim.Study, stop);
        switch (reading)
        {
            case StudyReading.Away away:
                await waits.PutOffAsync(claim, away, stop);
                LogPutOff(claim.Work.Id, away.Node.Name);
                break;
            case StudyReading.Readable series:
                await ScoreAsync(work, model, series, times, stop);
                break;
            case StudyReading.Unsuitable { IsFinal: false }:
                // Other series are still to come. If they have come meanwhile, nobody else asks again.
                if (!await outcomes.CompleteUndecidedAsync(work, stop)) await claim.HandBackAsync(stop);
                break;
            case StudyReading.Unsuitable(var because, _):
                await CommitAsync(work, model, new Outcome.NotAnalysed(because), stop);
                break;
        }
    }

    public async Task GiveUpAsync(Claim claim, string because, CancellationToken stop)
    {
        await waits.EndAsync(claim.Study, stop);
        if (DeferredWork.IsKey(claim.Key)) await deferred.GiveUpAsync(claim, because, stop);
        else if (models.Next(claim.Work.Parts) is not { } model) await outcomes.CompleteUnchangedAsync(claim.Work, stop);
        else await CommitAsync(models.PartOf(claim.Work, model), model, new Outcome.NotAnalysed($"of a technical fault: {claim.Work.Attempt - 1} attempts failed, the last with \"{because}\"."), stop);
    }

    private async Task ScoreAsync(LeasedWork work, WarmModel model, StudyReading.Readable series, StepTimes times, CancellationToken stop)
    {
        var generation = await generations.FindOrAddAsync(new NewGeneration(work.Study, model.Package, series.Series, series.Inputs), stop);
        if (generation.HasResult)
        {
            await outcomes.CompleteUnchangedAsync(work, stop);
            LogUnchanged(work.Id, model.Package.Id);
            return;
        }

        try
        {
            var input = await times.OfAsync("tensor", () => Task.Run(() => ModelInput.Make(series.Geometry, series.Body, model.Input, decoder, role.Value.ImagingThreads, stop), stop));
            var (output, took) = await model.ScoreAsync(GraphPass.Urgent, input.Tensor, clock, stop);
            times.Set("model", took);
            var scores = ScoreSheet.Of(model, output, AttentionSheet.Of(model.Heads, output, input.Tensor, series.Geometry, times));
            var outcome = model.Policy.Decide(scores);
            var scored = new ScoredGeneration(
                generation.Id, scores, output.Embedding, Convert.FromHexString(input.Tensor.Digest()), input.Quality, model.Provider, CodeVersion, times.Milliseconds, outcome, model.Policy)
            {
                PixelDigest = input.PixelDigest,
                Contrastive = model.Space is { } space ? new ContrastiveVector(space, output.Contrastive) : null,
                PageOnly = model.IsSilent,
            };
            Tell(work, model, outcome, await outcomes.CommitAsync(work, scored, stop), times);
        }
        catch (DecodingException damaged)
        {
            await CommitAsync(work, model, new Outcome.NotAnalysed($"{damaged.Message}."), stop);
        }
        catch (ScoringException fault) when (!fault.WorthRetrying)
        {
            await CommitAsync(work.EndedBy(Retry.Judge(fault)), model, new Outcome.NotAnalysed($"the model could not score it: {fault.Message}"), stop);
        }
    }

    private async Task CommitAsync(LeasedWork work, WarmModel model, Outcome.NotAnalysed outcome, CancellationToken stop) =>
        Tell(work, model, outcome, await outcomes.CommitAsync(work, outcome, model.Package.Demonstration, model.IsSilent, stop), new StepTimes(clock));

    private void Tell(LeasedWork work, WarmModel model, Outcome outcome, CommitVerdict verdict, StepTimes times)
    {
        if (verdict == CommitVerdict.DecidedBefore)
        {
            LogUnchanged(work.Id, model.Package.Id);
            return;
        }

        ScoringTelemetry.Outcomes.Add(1, new("outcome", outcome.GetType().Name), new("package", model.Package.Id));
        if (outcome is Outcome.NotAnalysed(var because)) LogNotAnalysed(work.Id, model.Package.Id, because);
        else LogScored(work.Id, model.Package.Id, outcome.GetType().Name, outcome.Level, times.Milliseconds["headers"], times.Milliseconds["tensor"], times.Milliseconds["model"]);
    }

    [LoggerMessage(5001, LogLevel.Information, "Scoring work {Work}, {Package}: {Outcome}, flag {Level}; headers {Headers} ms, tensor {Tensor} ms, model {Model} ms")]
    private partial void LogScored(long work, string package, string outcome, FlagLevel level, double headers, double tensor, double model);

    [LoggerMessage(5002, LogLevel.Information, "Scoring work {Work}, {Package}: not analysed because {Because}")]
    private partial void LogNotAnalysed(long work, string package, string because);

    [LoggerMessage(5006, LogLevel.Information, "Scoring work {Work}: put off until node {Node} can be read from")]
    private partial void LogPutOff(long work, string node);

    [LoggerMessage(5003, LogLevel.Information, "Scoring work {Work}, {Package}: decided before on the same images, nothing to do")]
    private partial void LogUnchanged(long work, string package);
}
