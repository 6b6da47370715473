namespace TriageWorker.DicomWeb;

/// <summary>What two hosts of this product say to each other beside the standard.</summary>
public static class NodeHeaders
{
    /// <summary>In a request, the node that is meant; in every answer, the node that gives it. An answer without it comes from somebody else.</summary>
    public const string Node = "Triage-Node";

    /// <summary>What both have in their settings.</summary>
    public const string Secret = "Triage-Secret";
}
