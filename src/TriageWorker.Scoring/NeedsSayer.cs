using Microsoft.Extensions.Hosting;
using Npgsql;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

/// <summary>Says in the database what this process' packages need of a series, so that one that has what one of them needs closes before its study does.</summary>
internal sealed class NeedsSayer(StackNeedStore needs, WarmModels models, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan s_again = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_again, clock);
        do
        {
            try
            {
                foreach (var model in models.All)
                    await needs.SayAsync(model.Package.Id, new StackNeed(model.Needs.Modality, model.Needs.MinCoverageMm, model.Needs.MaxSpacingMm), stoppingToken);
            }
            catch (NpgsqlException)
            {
                // It is said again; that the database is away, others say.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
