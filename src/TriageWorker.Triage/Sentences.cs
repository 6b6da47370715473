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

    /// <summary>One sentence after another, with a full stop between them whether or not the first brings its own.</summary>
    public static string Then(string first, string second) => $"{first}{(first.EndsWith('.') ? "" : ".")} {second}";
}
