namespace TriageWorker.Dicom.Network;

internal enum IndicationKind
{
    None,
    /// <summary>An A-ASSOCIATE-RQ to decide on; its body is attached.</summary>
    Associate,
    /// <summary>The peer accepted; its A-ASSOCIATE-AC's body is attached.</summary>
    Accepted,
    /// <summary>A piece of a presentation data value.</summary>
    Data,
    /// <summary>The peer wants to release; it waits for our answer.</summary>
    Release,
    /// <summary>Nothing came; somebody asked the reader to look up (<see cref="UpperLayer.Nudge"/>).</summary>
    Nudge,
    /// <summary>No PDU will be passed on any more: <see cref="UpperLayer.Ending"/> says why.</summary>
    Ended,
}

/// <summary>What the upper layer tells its user (PS3.8, 7). A data fragment is valid until the next one is asked for.</summary>
internal readonly record struct Indication(IndicationKind Kind, PdvFragment Fragment = default, byte[]? Body = null);
