namespace TriageWorker.Dicom.Network;

/// <summary>Command field (PS3.7, annex E.1, table E.1-1). A response is its request with bit 15 set.</summary>
public enum CommandField
{
    None = 0,
    StoreRequest = 0x0001,
    StoreResponse = 0x8001,
    FindRequest = 0x0020,
    FindResponse = 0x8020,
    MoveRequest = 0x0021,
    MoveResponse = 0x8021,
    EchoRequest = 0x0030,
    EchoResponse = 0x8030,
    EventReportRequest = 0x0100,
    EventReportResponse = 0x8100,
    ActionRequest = 0x0130,
    ActionResponse = 0x8130,
    CreateRequest = 0x0140,
    CreateResponse = 0x8140,
    CancelRequest = 0x0FFF,
}
