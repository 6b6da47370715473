namespace TriageWorker.Store;

/// <summary>Originals of a study for one destination, as far as one closing of the study knew them.</summary>
/// <param name="Round">From 1 on for a study and destination; images that come late are another round.</param>
/// <param name="Missing">Of its images, how many the destination has not said to have.</param>
/// <param name="State">due, delivered or failed.</param>
/// <param name="Because">Why it failed.</param>
public sealed record ForwardRow(
    Guid Id, string Destination, int Round, int Images, int Missing, string State, string? Because, DateTimeOffset CreatedAt, DateTimeOffset? SettledAt)
{
    /// <summary>The key of its work among the deliveries.</summary>
    public string WorkKey => ForwardRows.KeyOf(Id);

    /// <summary>"120 originals", "1 original".</summary>
    public string What => Images == 1 ? "1 original" : $"{Images} originals";
}

/// <summary>What the delivery role needs to send a round.</summary>
/// <param name="Missing">SOP Instance UIDs that are still to be sent.</param>
/// <param name="Now">Database time of the reading.</param>
public sealed record ForwardJob(ForwardRow Row, Triage.StudyUid Study, IReadOnlyList<string> Missing, DateTimeOffset Now);
