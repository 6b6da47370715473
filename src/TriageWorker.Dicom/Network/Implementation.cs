namespace TriageWorker.Dicom.Network;

/// <summary>How this implementation names itself on the wire and in file meta (PS3.7, D.3.3.2).</summary>
public static class Implementation
{
    /// <summary>From a UUID (PS3.5, B.2); changes never, versions show in <see cref="Version"/>.</summary>
    public const string ClassUid = "2.25.231580846473187236474871907351296540160";

    /// <summary>At most 16 characters.</summary>
    public const string Version = "TRIAGEWORKER_010";
}
