namespace TriageWorker.Benchmarks.Cluster;

/// <summary>What one run with so many workers came to.</summary>
/// <param name="Rate">Studies a second from when all workers ran to the last result.</param>
/// <param name="StatWaits">Seconds of each stat study from becoming due to its result, less the time of its own score.</param>
/// <param name="RoutineOvertakenByRoutine">The most routine studies that became due after another one and were scored before it: slots work side by side, so a few.</param>
/// <param name="DatabaseCpu">Processor seconds of PostgreSQL for one study, from due to delivered.</param>
public sealed record ClusterFigures(
    double Rate, IReadOnlyList<double> StatWaits, int RoutineOvertakenByRoutine, double DatabaseCpu, double BrokerCpu, double WorkerCpu);
