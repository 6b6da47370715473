namespace TriageWorker.Triage;

/// <summary>What is said wherever a machine result is shown or sent: SR, text, page and JSON. One wording everywhere.</summary>
public static class Sentences
{
    public const string UseLimitation =
        "AI-generated, unverified. For worklist prioritization only. Not for primary diagnosis. " +
        "A normal or low-priority result does not rule out disease.";

    public const string Demonstration = "Demonstration model, meaningless for patients.";

    public const string Waiting = "Images are arriving.";
}
