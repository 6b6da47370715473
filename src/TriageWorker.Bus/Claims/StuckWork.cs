using Microsoft.Extensions.Logging;
using Npgsql;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Bus;

/// <summary>
/// Work that did not heed its cancellation, for which its process has to end. The alarm is made before that; whoever starts the process
/// again ends it.
/// </summary>
public sealed partial class StuckWork(AlarmStore alarms, IEnumerable<ServedStage> stages, TimeProvider clock, ILogger<StuckWork> log) : IWatched
{
    public const string Kind = "process.stuck";

    private const string Over = "The process was started again.";
    private static readonly TimeSpan TellWithin = TimeSpan.FromSeconds(5);
    private Alarm? _trouble;

    public ValueTask<IReadOnlyList<Watched>> LookAsync(CancellationToken stop) => ValueTask.FromResult<IReadOnlyList<Watched>>(
        [.. stages.Select(served => Subject(served.Stage)).Distinct().Select(subject => _trouble is { } trouble && trouble.Subject == subject ? Watched.Troubled(trouble, Over) : Watched.Well(Kind, subject, Over))]);

    public async Task TellAsync(Stage stage)
    {
        _trouble = new Alarm(Kind, Subject(stage), AlarmSeverity.Critical,
            $"An attempt at {stage.Column()} did not end when it was cancelled, so its process ends itself. What it held is done by others, or when it is started again: " +
            "look whether something starts it again, and at the log for what it worked on.");
        using var deadline = new CancellationTokenSource(TellWithin, clock);
        try
        {
            await alarms.SetAsync(_trouble, deadline.Token);
        }
        catch (Exception away) when (away is NpgsqlException or OperationCanceledException)
        {
            LogUntold(away.Message);
        }
    }

    private static string Subject(Stage stage) => $"{Environment.MachineName}:{stage.Column()}";

    [LoggerMessage(4040, LogLevel.Error, "That the process is stuck could not be kept as an alarm: {Reason}")]
    private partial void LogUntold(string reason);
}
