namespace TriageWorker.Dicom.Network;

/// <summary>What may happen to an association (PS3.8, table 9-10). The number is the standard's.</summary>
internal enum UpperLayerEvent
{
    None = 0,
    AssociateRequestPrimitive = 1,
    TransportConfirmed = 2,
    AssociateAcceptPdu = 3,
    AssociateRejectPdu = 4,
    TransportIndicated = 5,
    AssociateRequestPdu = 6,
    AcceptPrimitive = 7,
    RejectPrimitive = 8,
    DataPrimitive = 9,
    DataPdu = 10,
    ReleaseRequestPrimitive = 11,
    ReleaseRequestPdu = 12,
    ReleaseResponsePdu = 13,
    ReleaseResponsePrimitive = 14,
    AbortPrimitive = 15,
    AbortPdu = 16,
    TransportClosed = 17,
    ArtimExpired = 18,
    UnrecognisedPdu = 19,
}
