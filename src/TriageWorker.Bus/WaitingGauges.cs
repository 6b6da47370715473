using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Bus;

/// <summary>
/// What waits in the whole installation, as metrics. The database is asked when somebody looks, once in ten seconds however
/// many do. While it does not answer these metrics are absent: an old figure would pass for a new one.
/// </summary>
public sealed partial class WaitingGauges : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromSeconds(2);
    private readonly WaitingFiguresStore _store;
    private readonly TimeProvider _clock;
    private readonly ILogger<WaitingGauges> _log;
    private readonly SemaphoreSlim _reading = new(1);
    private WaitingFigures? _last;
    private long? _readAt;

    public WaitingGauges(WaitingFiguresStore store, IMeterFactory meters, TimeProvider clock, ILogger<WaitingGauges> log)
    {
        (_store, _clock, _log) = (store, clock, log);
        var meter = meters.Create(BusTelemetry.Name);
        Gauge(meter, "triage.work.rows", "{row}", "Work by stage and state.",
            figures => figures.Work.Select(row => new Measurement<long>(row.Value, new("stage", row.Key.Stage), new KeyValuePair<string, object?>("state", row.Key.State))));
        Gauge(meter, "triage.work.oldest.age", "s", "For how long the oldest due row has been due.",
            figures => figures.Oldest.Select(row => new Measurement<double>(row.Value.TotalSeconds, new KeyValuePair<string, object?>("stage", row.Key))));
        Gauge<long>(meter, "triage.outbox.waiting", "{token}", "Wake-up tokens that the broker has not confirmed.",
            figures => [new Measurement<long>(figures.Tokens)]);
        Gauge<double>(meter, "triage.outbox.oldest.age", "s", "Age of the oldest token that waits.",
            figures => [new Measurement<double>(figures.OldestToken.TotalSeconds)]);
        Gauge(meter, "triage.alarm.open", "{alarm}", "Open alarms by kind and severity.",
            figures => figures.Alarms.Select(row => new Measurement<long>(row.Value, new("kind", row.Key.Kind), new KeyValuePair<string, object?>("severity", row.Key.Severity))));
        Gauge(meter, "triage.delivery.waiting", "{document}", "Documents that have not arrived, by destination.",
            figures => figures.Deliveries.Select(row => new Measurement<long>(row.Value, new KeyValuePair<string, object?>("destination", row.Key))));
    }

    /// <summary>Asks the database again if that is due, for two seconds at most.</summary>
    public async Task RefreshAsync(CancellationToken stop)
    {
        await _reading.WaitAsync(stop);
        try
        {
            if (_readAt is { } at && _clock.GetElapsedTime(at) < Fresh) return;
            _last = await TryReadAsync(stop);
            _readAt = _clock.GetTimestamp();
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private async Task<WaitingFigures?> TryReadAsync(CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(Patience, _clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        try
        {
            return await _store.ReadAsync(any.Token);
        }
        catch (Exception away) when (away is NpgsqlException || (away is OperationCanceledException && !stop.IsCancellationRequested))
        {
            if (_last is not null) LogAway(away.Message);
            return null;
        }
    }

    private void Gauge<T>(Meter meter, string name, string unit, string description, Func<WaitingFigures, IEnumerable<Measurement<T>>> read) where T : struct =>
        meter.CreateObservableGauge(name, () => _last is { } figures ? read(figures) : [], unit, description);

    [LoggerMessage(4034, LogLevel.Warning, "Metrics of what waits are absent while the database does not answer: {Reason}")]
    private partial void LogAway(string reason);
}
