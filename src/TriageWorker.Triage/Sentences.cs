namespace TriageWorker.Triage;

/// <summary>What is said wherever a machine result is shown or sent: SR, text, page and JSON. One wording everywhere.</summary>
public static class Sentences
{
    public const string UseLimitation =
        "AI-generated, unverified. For worklist prioritization only. Not for primary diagnosis. " +
        "A normal or low-priority result does not rule out disease.";

    public const string Demonstration = "Demonstration model, meaningless for patients.";

    public const string Waiting = "Images are arriving.";

    /// <summary>Why a demonstration model's result does not go to a destination for patients.</summary>
    public static string NotForDemonstration(string destination) =>
        $"The result is a demonstration model's, and {destination} is not marked as a demonstration destination.";

    /// <summary>A length of time for people, in the largest unit that it is a whole number of: "250 ms", "2 s", "15 min", "5 h", "2 d".</summary>
    public static string Span(TimeSpan time) => time.Ticks switch
    {
        >= TimeSpan.TicksPerDay when time.Ticks % TimeSpan.TicksPerDay == 0 => Whole(time.TotalDays, "d"),
        >= TimeSpan.TicksPerHour when time.Ticks % TimeSpan.TicksPerHour == 0 => Whole(time.TotalHours, "h"),
        >= TimeSpan.TicksPerMinute when time.Ticks % TimeSpan.TicksPerMinute == 0 => Whole(time.TotalMinutes, "min"),
        0 => "0 s",
        _ when time.Ticks % TimeSpan.TicksPerSecond == 0 => Whole(time.TotalSeconds, "s"),
        _ => Whole(time.TotalMilliseconds, "ms"),
    };

    private static string Whole(double figure, string unit) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{figure:0.###} {unit}");

    /// <summary>One sentence after another, with a full stop between them whether or not the first brings its own.</summary>
    public static string Then(string first, string second) => $"{first}{(first.EndsWith('.') ? "" : ".")} {second}";
}
