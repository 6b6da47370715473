using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Bus;

/// <summary>What runs in this process, in the words that people start it with; empty where nobody said.</summary>
public sealed record ProcessRoles(IReadOnlyList<string> Names);

/// <summary>Says every few seconds that this process is there, and at its end that it stops.</summary>
/// <remarks>Stopped after the stages, as hosted services stop in reverse: a process that finishes its work still lives.</remarks>
internal sealed partial class NodeHeartbeat(
    NodeStore nodes, ProcessRoles roles, IEnumerable<ServedStage> stages, IOptions<NodeOptions> options, TimeProvider clock, ILogger<NodeHeartbeat> log)
    : BackgroundService
{
    private static readonly TimeSpan SayStoppedWithin = TimeSpan.FromSeconds(2);
    private static readonly string s_code =
        typeof(NodeHeartbeat).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var deadline = new CancellationTokenSource(SayStoppedWithin, clock);
        try
        {
            await nodes.StoppedAsync(deadline.Token);
        }
        catch (Exception away) when (away is NpgsqlException or OperationCanceledException or ObjectDisposedException)
        {
            // It will count as silent, which is true.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var beat = new NodeBeat(Environment.MachineName, Environment.ProcessId, roles.Names, Slots(), s_code, options.Value.SilentAfter);
        using var timer = new PeriodicTimer(options.Value.BeatEvery, clock);
        var away = false;
        do
        {
            try
            {
                await nodes.BeatAsync(beat, options.Value.KeepFor, stoppingToken);
                if (away) LogBack();
                away = false;
            }
            catch (NpgsqlException error)
            {
                if (!away) LogAway(error.Message);
                away = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private Dictionary<Stage, int> Slots() => stages.GroupBy(served => served.Stage).ToDictionary(stage => stage.Key, stage => stage.Sum(served => served.Slots));

    [LoggerMessage(4035, LogLevel.Warning, "This process cannot say that it is there; it keeps trying: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(4036, LogLevel.Information, "This process says again that it is there")]
    private partial void LogBack();
}
