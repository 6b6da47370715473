namespace TriageWorker.Dicom.Network;

/// <summary>What a service throws when it will not do what it was asked for: the peer gets the status and the message (at most 64 characters of it).</summary>
public sealed class DimseRefusalException(DimseStatus status, string message) : Exception(message)
{
    public DimseStatus Status => status;
}
