using System.Diagnostics;
using TriageWorker.Testing;

namespace TriageWorker.Chaos;

/// <summary>Makes troubles, one after the other; each has ended, and all processes run, when it returns.</summary>
internal sealed class TroubleMaker(ChaosCluster cluster, Random dice)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2), ALittle = TimeSpan.FromSeconds(15);
    private readonly Dictionary<Trouble, int> _made = [];
    private volatile Task _listening = Task.CompletedTask;

    public IReadOnlyDictionary<Trouble, int> Made => _made;

    /// <summary>Completed while there is a listener.</summary>
    public Task ListeningAsync() => _listening;

    public async Task MakeAsync(Trouble trouble)
    {
        _made[trouble] = _made.GetValueOrDefault(trouble) + 1;
        switch (trouble)
        {
            case Trouble.KillIntake: await KillIntakeAsync(); break;
            case Trouble.KillWorker: await KillAsync(AnyWorker()); break;
            case Trouble.KillJobs: await KillAsync(cluster.Jobs); break;
            case Trouble.FreezeWorker: await FreezeAsync(AnyWorker()); break;
            case Trouble.StopWorker: await StopAsync(AnyWorker()); break;
            case Trouble.RollingRestart: foreach (var worker in cluster.Workers) await StopAsync(worker); break;
            case Trouble.BrokerStopApp: await WithoutAsync(cluster.Broker.StopApplicationAsync, cluster.Broker.StartApplicationAsync); break;
            case Trouble.BrokerKill: await WithoutAsync(cluster.Broker.KillAsync, cluster.Broker.StartAsync); break;
            case Trouble.DatabaseFast: await TakeDatabaseAsync(cluster.Server.StopAsync); break;
            case Trouble.DatabaseImmediate: await TakeDatabaseAsync(() => cluster.Server.CrashAsync("QUIT")); break;
            case Trouble.DatabaseKill: await TakeDatabaseAsync(() => cluster.Server.CrashAsync("KILL")); break;
            case Trouble.DatabasePause: await PauseDatabaseAsync(); break;
            case Trouble.ForgedTokens: await new TokenForger(cluster.Broker.Uri).ForgeAsync(cluster.Scanner.Studies, dice); break;
            default: throw new UnreachableException($"{trouble} is no trouble we know.");
        }
    }

    /// <summary>Waits for so many decisions more, but not for long: some troubles hold them all up.</summary>
    public async Task ProgressAsync(int decisions)
    {
        var now = await cluster.Database.CountAsync("select count(*) from decision");
        try
        {
            await cluster.Database.UntilAsync("work goes on", "select count(*) from decision", count => count >= now + decisions, ALittle);
        }
        catch (TimeoutException)
        {
            // Whether it does in the end is what the verdict asks.
        }
    }

    private RoleProcess AnyWorker() => cluster.Workers[dice.Next(cluster.Workers.Count)];

    private static async Task KillAsync(RoleProcess process)
    {
        await process.KillAsync();
        await process.StartAsync();
    }

    private async Task KillIntakeAsync()
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _listening = listening.Task;
        await KillAsync(cluster.Intake);
        listening.SetResult();
    }

    private async Task StopAsync(RoleProcess worker)
    {
        var node = worker.Node;
        (await worker.StopAsync()).ShouldBe(0, worker.Tail());
        (await cluster.Database.CountAsync("select count(*) from work where starts_with(lease_owner, $1)", node)).ShouldBe(0, $"{worker.Name} left leased rows behind:\n{worker.Tail()}");
        await worker.StartAsync();
    }

    private async Task FreezeAsync(RoleProcess worker)
    {
        // In the middle of something, if there is anything to be in the middle of.
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var looks = 0; looks < 100 && await LeasedAsync(worker) == 0; looks++) await look.WaitForNextTickAsync();
        await worker.SignalAsync("STOP");
        await Task.Delay(ChaosCluster.Lease + ChaosCluster.SweepEvery); // the length of the trouble is the trouble
        await cluster.Database.UntilAsync("its leases are taken away", "select count(*) from work where starts_with(lease_owner, $1)", count => count == 0, Patience, worker.Node);
        await worker.SignalAsync("CONT");
    }

    private async Task WithoutAsync(Func<Task> take, Func<Task> giveBack)
    {
        await take();
        await ProgressAsync(2);
        await giveBack();
    }

    private async Task TakeDatabaseAsync(Func<Task> take)
    {
        await take();
        await Task.Delay(TimeSpan.FromSeconds(dice.NextDouble() * 5));
        await cluster.Server.StartAsync();
    }

    private async Task PauseDatabaseAsync()
    {
        await cluster.Server.PauseAsync();
        await Task.Delay(ChaosCluster.Lease + TimeSpan.FromSeconds(1 + (dice.NextDouble() * 4)));
        await cluster.Server.ResumeAsync();
    }

    private Task<long> LeasedAsync(RoleProcess worker) => cluster.Database.CountAsync("select count(*) from work where starts_with(lease_owner, $1)", worker.Node);
}
