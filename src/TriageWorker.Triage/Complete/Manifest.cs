namespace TriageWorker.Triage;

/// <summary>Who says which images there are.</summary>
public enum ManifestKind
{
    /// <summary>The sender's storage commitment request lists what it has sent (PS3.4, annex J).</summary>
    Commitment,

    /// <summary>Somebody's Instance Availability Notification (PS3.4, annex R).</summary>
    Availability,
}

/// <summary>The lists that name images of a study, taken together.</summary>
/// <param name="Announced">Images on the lists.</param>
/// <param name="Arrived">Of those, the ones that are here.</param>
public sealed record Manifest(ManifestKind Kind, int Lists, int Announced, int Arrived)
{
    public int Missing => Announced - Arrived;

    public override string ToString() =>
        $"{(Lists == 1 ? "" : $"{Lists} ")}{(Kind == ManifestKind.Commitment ? "commitment" : "availability")} list{(Lists == 1 ? "" : "s")} {Arrived} of {Announced}";
}
