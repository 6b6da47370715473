namespace TriageWorker.Dicom.Network;

/// <summary>How long the peer of an association may be silent, and how much of a message is held in memory.</summary>
/// <param name="Idle">Between messages, or within one.</param>
/// <param name="Response">Until it answers a request of ours, or takes its leave after our A-RELEASE-RQ.</param>
/// <param name="Message">From the command of a message to the end of its data set.</param>
/// <param name="MaxDataSetLength">Of a data set that is needed whole: an identifier, a request for commitment. Objects are streamed.</param>
/// <param name="Memory">What all associations together may hold of those.</param>
/// <param name="Scan">What an object may ask of the one who follows it.</param>
/// <param name="InFlight">Of the objects that all associations together receive.</param>
internal sealed record MessageLimits(TimeSpan Idle, TimeSpan Response, TimeSpan Message, int MaxDataSetLength, MemoryBudget Memory, BytesInFlight InFlight, ScanLimits Scan, TimeProvider Time)
{
    /// <summary>Command sets have some twenty short elements.</summary>
    public const int MaxCommandLength = 16 * 1024;
}
