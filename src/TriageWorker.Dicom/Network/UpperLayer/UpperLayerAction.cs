namespace TriageWorker.Dicom.Network;

/// <summary>What the upper layer does about an event, under the standard's own names (PS3.8, tables 9-6 to 9-9).</summary>
internal enum UpperLayerAction
{
    None = 0,
    /// <summary>Open the transport connection.</summary>
    AE1,
    /// <summary>Send A-ASSOCIATE-RQ.</summary>
    AE2,
    /// <summary>Tell the user that the association is accepted.</summary>
    AE3,
    /// <summary>Tell the user that it is rejected, and close.</summary>
    AE4,
    /// <summary>Start ARTIM.</summary>
    AE5,
    /// <summary>Stop ARTIM; ask the user, unless the request cannot be served at all.</summary>
    AE6,
    /// <summary>Send A-ASSOCIATE-AC.</summary>
    AE7,
    /// <summary>Send A-ASSOCIATE-RJ, start ARTIM.</summary>
    AE8,
    /// <summary>Send P-DATA-TF.</summary>
    DT1,
    /// <summary>Pass the data on.</summary>
    DT2,
    /// <summary>Send A-RELEASE-RQ.</summary>
    AR1,
    /// <summary>Tell the user that the peer wants to release.</summary>
    AR2,
    /// <summary>Tell the user that the release is confirmed, and close.</summary>
    AR3,
    /// <summary>Send A-RELEASE-RP, start ARTIM.</summary>
    AR4,
    /// <summary>Stop ARTIM.</summary>
    AR5,
    /// <summary>Pass data on that came after our A-RELEASE-RQ.</summary>
    AR6,
    /// <summary>Send data before the answer to the peer's A-RELEASE-RQ.</summary>
    AR7,
    /// <summary>Both sides want to release at once.</summary>
    AR8,
    /// <summary>Send A-RELEASE-RP in a collision.</summary>
    AR9,
    /// <summary>Tell the user that the release is confirmed in a collision.</summary>
    AR10,
    /// <summary>Send A-ABORT of the service user, start ARTIM.</summary>
    AA1,
    /// <summary>Stop ARTIM, close.</summary>
    AA2,
    /// <summary>Tell the user that the peer aborted, and close.</summary>
    AA3,
    /// <summary>Tell the user that the connection is gone.</summary>
    AA4,
    /// <summary>Stop ARTIM.</summary>
    AA5,
    /// <summary>Ignore the PDU.</summary>
    AA6,
    /// <summary>Send A-ABORT.</summary>
    AA7,
    /// <summary>Send A-ABORT of the service provider, tell the user, start ARTIM.</summary>
    AA8,
}
