using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace TriageWorker.Store;

/// <summary>Ready: objects can be kept. For the roles that write to the spool; what it finds free is a metric too.</summary>
/// <remarks>One instance: a volume that hangs holds one thread, however often it is asked for.</remarks>
public sealed class SpoolHealth : IHealthCheck
{
    public const string Name = "spool";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly Spool _spool;
    private readonly long _minimum;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private Task<long>? _probe;
    private long _free = -1;

    public SpoolHealth(Spool spool, IOptions<SpoolOptions> options, IMeterFactory meters, TimeProvider clock)
    {
        (_spool, _minimum, _clock) = (spool, options.Value.MinimumFreeBytes, clock);
        meters.Create(StoreTelemetry.Name).CreateObservableGauge("triage.spool.free", LastFree, "By", "Bytes that are free on the volume of the spool.");
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        HealthCheckResult Failed(string because) => new(context.Registration.FailureStatus, because);
        Volatile.Write(ref _free, -1);
        try
        {
            if (_spool.Failure is { } failure) return Failed($"Nothing more is taken until the volume has held several trials: {failure}");
            var free = await Probe().WaitAsync(Patience, _clock, cancellationToken);
            Volatile.Write(ref _free, free);
            return free < _minimum ? Failed($"{RetentionRule.Size(free)} free; below {RetentionRule.Size(_minimum)} (Spool:MinimumFreeBytes) nothing more is taken.")
                : free < 2 * _minimum ? HealthCheckResult.Degraded($"{RetentionRule.Size(free)} free; at {RetentionRule.Size(_minimum)} (Spool:MinimumFreeBytes) nothing more is taken.")
                : HealthCheckResult.Healthy($"Writable, {RetentionRule.Size(free)} free.");
        }
        catch (TimeoutException)
        {
            return Failed($"The volume of the spool does not answer within {Patience.TotalSeconds:0} s.");
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            return Failed($"The spool cannot be written: {unwritable.Message}");
        }
    }

    private Task<long> Probe()
    {
        lock (_gate) return _probe is { IsCompleted: false } ? _probe : _probe = Task.Run(_spool.ProveWritable);
    }

    private IEnumerable<Measurement<long>> LastFree() => Volatile.Read(ref _free) is >= 0 and var free ? [new(free)] : [];
}
