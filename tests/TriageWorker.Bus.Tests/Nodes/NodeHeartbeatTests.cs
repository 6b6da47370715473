using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Bus.Tests.Nodes;

public sealed class NodeHeartbeatTests(BusFixture fixture) : IClassFixture<BusFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_says_what_it_is_goes_on_saying_that_it_is_there_and_says_when_it_stops()
    {
        using var host = await StartAsync("first", ("Node:BeatEvery", "00:00:00.1"));
        var first = await UntilAsync("first", node => node.State == NodeState.Live);
        first.Roles.ShouldBe(["scoring"]);
        first.Slots.ShouldBe(new Dictionary<Stage, int> { [Stage.Scoring] = 3 });
        (first.Host, first.ProcessId).ShouldBe((Environment.MachineName, Environment.ProcessId));
        await UntilAsync("first", node => node.SeenAt > first.SeenAt);

        await host.StopAsync(Stop);

        var stopped = await UntilAsync("first", node => node.State == NodeState.Stopped);
        stopped.StartedAt.ShouldBe(first.StartedAt);
    }

    [Fact]
    public async Task A_row_that_somebody_removed_is_there_again_with_the_next_beat()
    {
        using var host = await StartAsync("second", ("Node:BeatEvery", "00:00:00.1"));
        await UntilAsync("second", node => node.State == NodeState.Live);
        await fixture.ExecuteAsync("delete from node where name = 'second'");
        await UntilAsync("second", node => node.State == NodeState.Live);
        await host.StopAsync(Stop);
    }

    [Fact]
    public void A_process_may_miss_one_beat_before_it_counts_as_silent()
    {
        var options = new NodeOptions { BeatEvery = TimeSpan.FromSeconds(10), SilentAfter = TimeSpan.FromSeconds(15) };
        options.Validate(new ValidationContext(options)).ShouldHaveSingleItem().ErrorMessage!.ShouldStartWith("Node:SilentAfter is 00:00:15: it must be at least twice Node:BeatEvery");
        new NodeOptions().Validate(new ValidationContext(options)).ShouldBeEmpty();
    }

    private async Task<IHost> StartAsync(string name, params (string, string)[] settings)
    {
        var configuration = fixture.Configuration(settings);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new NodeName(name)).AddSingleton(new ProcessRoles(["scoring"]));
        builder.Services.AddStore(configuration).AddBus(configuration);
        builder.Services.AddSingleton(new ScriptedWork(Stage.Scoring, RetryPolicy.Default, (_, _) => Task.CompletedTask));
        builder.Services.AddStage<ScriptedWork>(Stage.Scoring, _ => 3);
        var host = builder.Build();
        await host.StartAsync(Stop);
        return host;
    }

    private async Task<NodeRow> UntilAsync(string name, Func<NodeRow, bool> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (true)
        {
            var row = (await fixture.Get<NodeStore>().SeenAsync(TimeSpan.FromDays(1), patience.Token)).FirstOrDefault(node => node.Name == name);
            if (row is not null && isSo(row)) return row;
            await look.WaitForNextTickAsync(patience.Token);
        }
    }
}
