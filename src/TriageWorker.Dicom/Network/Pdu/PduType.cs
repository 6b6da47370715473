namespace TriageWorker.Dicom.Network;

/// <summary>The seven protocol data units (PS3.8, 9.3.1). Every other value is unrecognised.</summary>
public enum PduType
{
    None = 0,
    AssociateRequest = 1,
    AssociateAccept = 2,
    AssociateReject = 3,
    Data = 4,
    ReleaseRequest = 5,
    ReleaseResponse = 6,
    Abort = 7,
}
