using System.Reflection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriageWorker.Bus;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Models.Sessions;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

/// <summary>Scores the study of one claim and commits what becomes of it: result, decision, list, deliveries and the claim's end together.</summary>
public sealed partial class ScoreStudy(
    StudyReader reader, StudyImages images, ImageWaits waits, FrameDecoder decoder, WarmModel model, GenerationStore generations, OutcomeStore outcomes, IOptions<ScoringRoleOptions> role, TimeProvider clock, ILogger<ScoreStudy> log)
    : IStageWork
{
    private static readonly string s_code =
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
        using var activity = ScoringTelemetry.Activities.StartActivity("scoring.study");
        var times = new StepTimes(clock);
        using var hold = images.Hold();
        var reading = await times.OfAsync("headers", () => reader.ReadAsync(claim.Study, hold, stop));
        if (reading is not StudyReading.Away) await waits.EndAsync(claim.Study, stop);
        switch (reading)
        {
            case StudyReading.Away away:
                await waits.PutOffAsync(claim, away, stop);
                LogPutOff(claim.Work.Id, away.Node.Name);
                break;
            case StudyReading.Readable series:
                await ScoreAsync(claim, series, times, stop);
                break;
            case StudyReading.Unsuitable { IsFinal: false }:
                // Other series are still to come. If they have come meanwhile, nobody else asks again.
                if (!await outcomes.CompleteUndecidedAsync(claim.Work, stop)) await claim.HandBackAsync(stop);
                break;
            case StudyReading.Unsuitable(var because, _):
                await CommitAsync(claim, claim.Work, new Outcome.NotAnalysed(because), stop);
                break;
        }
    }

    public async Task GiveUpAsync(Claim claim, string because, CancellationToken stop)
    {
        await waits.EndAsync(claim.Study, stop);
        await CommitAsync(claim, claim.Work, new Outcome.NotAnalysed($"of a technical fault: {claim.Work.Attempt - 1} attempts failed, the last with \"{because}\"."), stop);
    }

    private async Task ScoreAsync(Claim claim, StudyReading.Readable series, StepTimes times, CancellationToken stop)
    {
        var generation = await generations.FindOrAddAsync(new NewGeneration(claim.Study, model.Package, series.Series, series.Inputs), stop);
        if (generation.HasResult)
        {
            await outcomes.CompleteUnchangedAsync(claim.Work, stop);
            LogUnchanged(claim.Work.Id);
            return;
        }

        try
        {
            var input = await times.OfAsync("tensor", () => Task.Run(() => ModelInput.Make(series.Geometry, series.Body, model.Input, decoder, role.Value.ImagingThreads, stop), stop));
            var (output, took) = await model.ScoreAsync(input.Tensor, clock, stop);
            times.Set("model", took);
            var scores = ScoreSheet.Of(model.Package, output, AttentionSheet.Of(model.Heads, output, input.Tensor, series.Geometry, times));
            var outcome = model.Policy.Decide(scores);
            var scored = new ScoredGeneration(
                generation.Id, scores, output.Embedding, Convert.FromHexString(input.Tensor.Digest()), input.Quality, model.Provider, s_code, times.Milliseconds, outcome, model.Policy)
            {
                PixelDigest = input.PixelDigest,
                Contrastive = model.Space is { } space ? new ContrastiveVector(space, output.Contrastive) : null,
                PageOnly = model.IsSilent,
            };
            Tell(claim, outcome, await outcomes.CommitAsync(claim.Work, scored, stop), times);
        }
        catch (DecodingException damaged)
        {
            await CommitAsync(claim, claim.Work, new Outcome.NotAnalysed($"{damaged.Message}."), stop);
        }
        catch (ScoringException fault) when (!fault.WorthRetrying)
        {
            await CommitAsync(claim, claim.Work.EndedBy(Retry.Judge(fault)), new Outcome.NotAnalysed($"the model could not score it: {fault.Message}"), stop);
        }
    }

    private async Task CommitAsync(Claim claim, LeasedWork work, Outcome.NotAnalysed outcome, CancellationToken stop) =>
        Tell(claim, outcome, await outcomes.CommitAsync(work, outcome, model.Package.Demonstration, model.IsSilent, stop), new StepTimes(clock));

    private void Tell(Claim claim, Outcome outcome, CommitVerdict verdict, StepTimes times)
    {
        if (verdict == CommitVerdict.DecidedBefore)
        {
            LogUnchanged(claim.Work.Id);
            return;
        }

        ScoringTelemetry.Outcomes.Add(1, new KeyValuePair<string, object?>("outcome", outcome.GetType().Name));
        if (outcome is Outcome.NotAnalysed(var because)) LogNotAnalysed(claim.Work.Id, because);
        else LogScored(claim.Work.Id, outcome.GetType().Name, outcome.Level, times.Milliseconds["headers"], times.Milliseconds["tensor"], times.Milliseconds["model"]);
    }

    [LoggerMessage(5001, LogLevel.Information, "Scoring work {Work}: {Outcome}, flag {Level}; headers {Headers} ms, tensor {Tensor} ms, model {Model} ms")]
    private partial void LogScored(long work, string outcome, FlagLevel level, double headers, double tensor, double model);

    [LoggerMessage(5002, LogLevel.Information, "Scoring work {Work}: not analysed because {Because}")]
    private partial void LogNotAnalysed(long work, string because);

    [LoggerMessage(5006, LogLevel.Information, "Scoring work {Work}: put off until node {Node} can be read from")]
    private partial void LogPutOff(long work, string node);

    [LoggerMessage(5003, LogLevel.Information, "Scoring work {Work}: decided before on the same images, nothing to do")]
    private partial void LogUnchanged(long work);
}
