using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Bus.Tests;

/// <summary>A process as the product composes it: store, bus and one stage; its work tells which studies it was given.</summary>
internal static class TransportHost
{
    private static readonly TimeSpan Never = TimeSpan.FromMinutes(1);

    /// <param name="looks">False: only a token can wake the stage within the test's patience.</param>
    public static async Task<(IHost Host, ScriptedWork Work)> StartAsync(BusFixture fixture, bool looks, params (string, string)[] settings)
    {
        var lookEvery = looks ? TimeSpan.FromMilliseconds(50) : Never;
        var configuration = fixture.Configuration([("Bus:LookEvery", lookEvery.ToString()), ("Bus:ConfirmWithin", "00:00:01"), .. settings]);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddStore(configuration).AddBus(configuration);
        builder.Services.AddSingleton(new ScriptedWork(Stage.Scoring, RetryPolicy.Default, async (claim, stop) =>
        {
            await using var transaction = await fixture.Database.BeginAsync(stop);
            await claim.CompleteAsync(transaction, stop);
            await transaction.CommitAsync(stop);
        }));
        builder.Services.AddStage<ScriptedWork>(Stage.Scoring, _ => 1);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return (host, host.Services.GetRequiredService<ScriptedWork>());
    }

    public static async Task OutboxIsEmptyAsync(BusFixture fixture, TimeSpan within)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(within);
        while (await fixture.ReadAsync("select count(*) from outbox", row => row.GetInt64(0)) > 0) await Task.Delay(50, patience.Token);
    }
}
