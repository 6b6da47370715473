namespace TriageWorker.Scoring;

/// <summary>How long each step took; kept with the result in milliseconds.</summary>
internal sealed class StepTimes(TimeProvider clock)
{
    private readonly Dictionary<string, double> _milliseconds = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, double> Milliseconds => _milliseconds;

    public async Task<T> OfAsync<T>(string step, Func<Task<T>> work)
    {
        using var span = ScoringTelemetry.Activities.StartActivity("scoring." + step);
        var start = clock.GetTimestamp();
        var value = await work();
        Set(step, clock.GetElapsedTime(start));
        return value;
    }

    public T Of<T>(string step, Func<T> work)
    {
        using var span = ScoringTelemetry.Activities.StartActivity("scoring." + step);
        var start = clock.GetTimestamp();
        var value = work();
        Set(step, clock.GetElapsedTime(start));
        return value;
    }

    public void Set(string step, TimeSpan took)
    {
        _milliseconds[step] = Math.Round(took.TotalMilliseconds, 3);
        ScoringTelemetry.Steps.Record(took.TotalSeconds, new KeyValuePair<string, object?>("step", step));
    }
}
