namespace TriageWorker.Dicom.Network;

/// <summary>Command field (PS3.7, annex E.1, table E.1-1), as far as this product speaks it.</summary>
public enum CommandField
{
    None = 0,
    StoreRequest = 0x0001,
    StoreResponse = 0x8001,
    FindRequest = 0x0020,
    MoveRequest = 0x0021,
    EchoRequest = 0x0030,
    EchoResponse = 0x8030,
    ActionRequest = 0x0130,
    CancelRequest = 0x0FFF,
}
