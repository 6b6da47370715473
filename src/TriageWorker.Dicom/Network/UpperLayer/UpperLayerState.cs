namespace TriageWorker.Dicom.Network;

/// <summary>The thirteen states of an association, from either side (PS3.8, 9.2.1, tables 9-1 to 9-5). The number is the standard's.</summary>
internal enum UpperLayerState
{
    None = 0,
    Idle = 1,
    /// <summary>Acceptor: connected, no A-ASSOCIATE-RQ yet. ARTIM runs.</summary>
    AwaitingRequest = 2,
    /// <summary>Acceptor: the local user decides on the request.</summary>
    AwaitingLocalResponse = 3,
    /// <summary>Requestor: the transport connection is being opened.</summary>
    AwaitingTransport = 4,
    /// <summary>Requestor: no answer to the A-ASSOCIATE-RQ yet.</summary>
    AwaitingAnswer = 5,
    Established = 6,
    /// <summary>A-RELEASE-RQ sent, no answer yet.</summary>
    AwaitingReleaseAnswer = 7,
    /// <summary>A-RELEASE-RQ received; the local user has to answer.</summary>
    AwaitingLocalRelease = 8,
    /// <summary>Release collision, requestor: the local user has to answer.</summary>
    CollisionRequestorAnswers = 9,
    /// <summary>Release collision, acceptor: the requestor answers first.</summary>
    CollisionAcceptorWaits = 10,
    /// <summary>Release collision, requestor: answered, the acceptor's answer is to come.</summary>
    CollisionRequestorWaits = 11,
    /// <summary>Release collision, acceptor: the local user has to answer.</summary>
    CollisionAcceptorAnswers = 12,
    /// <summary>The last PDU is sent; the other side closes the connection. ARTIM runs.</summary>
    AwaitingClose = 13,
}
