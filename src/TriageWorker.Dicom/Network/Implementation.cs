namespace TriageWorker.Dicom.Network;

/// <summary>How this implementation names itself on the wire and in file meta (PS3.7, D.3.3.2).</summary>
public static class Implementation
{
    public const string ClassUid = FileWriter.ImplementationClassUid;

    /// <summary>At most 16 characters.</summary>
    public const string Version = FileWriter.ImplementationVersionName;
}
