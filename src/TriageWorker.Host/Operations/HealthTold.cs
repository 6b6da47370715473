using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using TriageWorker.Host.Telemetry;

namespace TriageWorker.Host.Operations;

/// <summary>Is handed the state of health now and then: a change is logged, whether or not anybody probes, and each check is a metric.</summary>
internal sealed partial class HealthTold : IHealthCheckPublisher
{
    private readonly ILogger<HealthTold> _log;
    private HealthReport? _last;
    private HealthStatus _told = HealthStatus.Healthy;

    public HealthTold(IMeterFactory meters, ILogger<HealthTold> log)
    {
        _log = log;
        meters.Create(TelemetryServices.Name).CreateObservableGauge("triage.health.status", Statuses, "1", "Each check of readiness: 1 ok, 0.5 degraded, 0 failing.");
    }

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        _last = report;
        if (report.Status == _told) return Task.CompletedTask;
        _told = report.Status;
        var reasons = string.Join(" ", report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy).Select(entry => $"{entry.Key}: {entry.Value.Description}"));
        if (report.Status == HealthStatus.Healthy) LogReady();
        else if (report.Status == HealthStatus.Degraded) LogDegraded(reasons);
        else LogUnready(reasons);
        return Task.CompletedTask;
    }

    private IEnumerable<Measurement<double>> Statuses() => _last?.Entries.Select(entry =>
        new Measurement<double>((int)entry.Value.Status / (double)HealthStatus.Healthy, new KeyValuePair<string, object?>("check", entry.Key))) ?? [];

    [LoggerMessage(9001, LogLevel.Information, "This process is ready")]
    private partial void LogReady();

    [LoggerMessage(9002, LogLevel.Warning, "This process is ready, but degraded. {Reasons}")]
    private partial void LogDegraded(string reasons);

    [LoggerMessage(9003, LogLevel.Error, "This process is not ready. {Reasons}")]
    private partial void LogUnready(string reasons);
}
