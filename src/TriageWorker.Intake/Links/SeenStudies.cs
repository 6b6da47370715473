namespace TriageWorker.Intake;

/// <summary>Which studies have been counted in the hour that runs, by caller. Not safe for several threads at once.</summary>
internal sealed class SeenStudies
{
    private const int Most = 20_000;
    private readonly HashSet<(string Title, string Study)> _seen = [];
    private long _hour;

    public bool IsNew(string title, long hour, string study)
    {
        if (hour != _hour || _seen.Count >= Most) _seen.Clear();
        _hour = hour;
        return _seen.Add((title, study));
    }
}
