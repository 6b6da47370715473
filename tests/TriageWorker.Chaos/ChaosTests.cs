using System.Globalization;
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
        RunAsync("short", studies: 12, dice =>
        {
            Trouble[] troubles = [Trouble.KillWorker, Trouble.BrokerStopApp, Trouble.RollingRestart, Trouble.KillWorker, Trouble.ForgedTokens];
            dice.Shuffle(troubles);
            return troubles;
        }, seed: 1);

    [Fact]
    public async Task Three_hundred_studies_survive_everything()
    {
        Assert.SkipUnless(ChaosForm.IsFull, ChaosForm.Reason);
        await RunAsync("full", studies: 320, WithoutEnd, seed: Random.Shared.Next(1_000_000));
    }

    /// <summary>All kinds in a random order, again and again.</summary>
    private static IEnumerable<Trouble> WithoutEnd(Random dice)
    {
        var kinds = Enum.GetValues<Trouble>();
        while (true)
        {
            dice.Shuffle(kinds);
            foreach (var kind in kinds) yield return kind;
        }
    }

    private async Task RunAsync(string name, int studies, Func<Random, IEnumerable<Trouble>> plan, int seed)
    {
        seed = ChaosForm.Seed ?? seed;
        Figures.Say($"chaos, {name} form, seed {seed} (TRIAGE_CASE={seed} runs it again)");
        var began = TimeProvider.System.GetTimestamp();
        var dice = new Random(seed);
        await using var cluster = await ChaosCluster.StartAsync(broker, server);
        var troubles = new TroubleMaker(cluster, dice);
        var pushing = new Pushing(cluster, troubles, studies);
        var leases = new LeaseWatch(cluster);
        using var over = new CancellationTokenSource();
        var watching = leases.WatchAsync(over.Token);
        var pushed = pushing.RunAsync($"{name}-{seed}", TestContext.Current.CancellationToken);
        var isFinite = plan(dice) is ICollection<Trouble>;

        foreach (var trouble in plan(dice))
        {
            if (!isFinite && (pushing.IsOver || pushed.IsFaulted)) break;
            if (!isFinite || !pushing.IsOver) await troubles.ProgressAsync(2);
            await troubles.MakeAsync(trouble);
        }

        await pushed;
        var invariants = new Invariants(cluster.Database, cluster.Spool, cluster.Scanner);
        var settled = await SettleAsync(cluster, invariants);
        await over.CancelAsync();
        await watching;
        List<string> broken = [.. await invariants.BrokenAsync(), .. await invariants.BrokenAtAsync(cluster.Receiver)];
        broken.AddRange(cluster.Processes.SelectMany(process => process.Deaths));
        var log = new LogLines(cluster.Processes);
        broken.AddRange(log.Unexpected.Select(line => $"unexpected in a log: {line}"));
        if (leases.Longest > LongestOverrun) broken.Add($"a lease outlived its deadline by {leases.Longest}");
        await Figures.OfAsync(cluster, troubles, log, leases, settled, TimeProvider.System.GetElapsedTime(began));
        broken.ShouldBeEmpty(string.Create(CultureInfo.InvariantCulture, $"Seed {seed}."));
        foreach (var process in cluster.Processes) (await process.StopAsync()).ShouldBe(0, process.Tail());
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
