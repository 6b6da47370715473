using TriageWorker.Testing;

namespace TriageWorker.Chaos;

/// <summary>Everything that can go away does, while studies come in: none is lost, none is decided or delivered twice, none stays silent.</summary>
public sealed class ChaosTests(RabbitMqFixture broker, PostgresServer server) : IClassFixture<RabbitMqFixture>, IClassFixture<PostgresServer>
{
    private static readonly TimeSpan Settles = TimeSpan.FromMinutes(5);

    // A lease may be seen up to one sweep after its deadline; the rest is for sweeps on a machine that has other work.
    private static readonly TimeSpan LongestOverrun = ChaosCluster.SweepEvery + TimeSpan.FromSeconds(5);

    [Fact]
    public Task A_dozen_studies_survive_two_kills_a_broker_taken_out_of_service_and_a_rolling_restart() =>
        RunAsync("short", studies: 12, [Trouble.KillWorker, Trouble.BrokerStopApp, Trouble.RollingRestart, Trouble.KillWorker, Trouble.ForgedTokens], seed: 1);

    [Fact]
    public async Task Three_hundred_studies_survive_everything_twice()
    {
        Assert.SkipUnless(ChaosForm.IsFull, ChaosForm.Reason);
        await RunAsync("full", studies: 320, [.. Enum.GetValues<Trouble>(), .. Enum.GetValues<Trouble>()], seed: Random.Shared.Next(1_000_000));
    }

    [Fact]
    public async Task While_the_broker_is_away_for_ten_minutes_studies_are_scored_and_delivered_and_the_tokens_leave_when_it_is_back()
    {
        Assert.SkipUnless(ChaosForm.IsFull && LongRun.IsOn, "This takes ten minutes and more: ./triage test --chaos --long does it.");
        await using var cluster = await ChaosCluster.StartAsync(broker, server);
        var troubles = new TroubleMaker(cluster, new Random(1));
        using var pushing = new Pushing(cluster, troubles, "outage");
        var pushed = pushing.RunAsync(Outage * 2, TestContext.Current.CancellationToken);
        await cluster.Broker.KillAsync();
        for (var minute = 1; minute <= Outage; minute++)
        {
            pushing.Allow(2);
            await Task.Delay(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken); // the length of the trouble is the trouble
            await cluster.Database.UntilAsync("studies are delivered without a broker", "select count(*) from delivery where state = 'delivered'", count => count >= minute * 2, Settles);
        }

        (await cluster.Database.CountAsync("select count(*) from outbox")).ShouldBeGreaterThan(0, "the tokens wait");
        await cluster.Broker.StartAsync();
        await pushed;
        await JudgeAsync(cluster, troubles, new LeaseWatch(cluster), TimeProvider.System.GetTimestamp(), "The outage.");
    }

    private const int Outage = 10; // minutes

    private async Task RunAsync(string name, int studies, Trouble[] plan, int seed)
    {
        seed = ChaosForm.Seed ?? seed;
        Figures.Say($"chaos, {name} form, seed {seed} (TRIAGE_CASE={seed} runs it again)");
        var began = TimeProvider.System.GetTimestamp();
        var dice = new Random(seed);
        dice.Shuffle(plan);
        await using var cluster = await ChaosCluster.StartAsync(broker, server);
        var troubles = new TroubleMaker(cluster, dice);
        using var pushing = new Pushing(cluster, troubles, $"{name}-{seed}");
        var leases = new LeaseWatch(cluster);
        using var over = new CancellationTokenSource();
        var watching = leases.WatchAsync(over.Token);
        var pushed = pushing.RunAsync(studies, TestContext.Current.CancellationToken);
        for (var made = 0; made < plan.Length; made++)
        {
            pushing.Allow((studies * (made + 1) / plan.Length) - (studies * made / plan.Length));
            await troubles.ProgressAsync(1);
            await troubles.MakeAsync(plan[made]);
        }

        await pushed;
        await JudgeAsync(cluster, troubles, leases, began, $"Seed {seed}, {string.Join(", ", plan)}.");
        await over.CancelAsync();
        await watching;
        foreach (var process in cluster.Processes) (await process.StopAsync()).ShouldBe(0, process.Tail());
    }

    private static async Task JudgeAsync(ChaosCluster cluster, TroubleMaker troubles, LeaseWatch leases, long began, string what)
    {
        var invariants = new Invariants(cluster.Database, cluster.Spool, cluster.Scanner);
        var settled = await SettleAsync(cluster, invariants);
        List<string> broken = [.. await invariants.BrokenAsync(), .. await invariants.BrokenAtAsync(cluster.Receiver)];
        broken.AddRange(cluster.Processes.SelectMany(process => process.Deaths));
        var log = new LogLines(cluster.Processes);
        broken.AddRange(log.Unexpected.Select(line => $"unexpected in a log: {line}"));
        if (leases.Longest > LongestOverrun) broken.Add($"a lease outlived its deadline by {leases.Longest}");
        await Figures.OfAsync(cluster, troubles, log, leases, settled, TimeProvider.System.GetElapsedTime(began));
        broken.ShouldBeEmpty(what);
    }

    private static async Task<TimeSpan> SettleAsync(ChaosCluster cluster, Invariants invariants)
    {
        try
        {
            return await invariants.SettleAsync(Settles);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{string.Join("\n\n", cluster.Processes.Select(process => $"{process.Name}:\n{process.Tail(15)}"))}", late);
        }
    }
}
