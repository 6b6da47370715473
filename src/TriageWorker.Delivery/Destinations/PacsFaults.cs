using TriageWorker.Bus;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Delivery;

/// <summary>What a PACS's refusals and the breaks on the way to it mean for another attempt, and for the other documents that go there.</summary>
internal static class PacsFaults
{
    /// <summary>A broken way is every document's; that no context was accepted is a matter of this one's class.</summary>
    public static IReadOnlyList<FaultRule> Rules { get; } =
    [
        .. Network(NetworkFault.Unreachable, "unreachable", "it cannot be reached"),
        .. Network(NetworkFault.Untrusted, "untrusted", "the TLS handshake failed"),
        .. Network(NetworkFault.Rejected, "rejected", "it rejects the association"),
        .. Network(NetworkFault.NoContext, "no-context", "it takes none of the document's SOP classes", LaneNews.Answers),
        .. Network(NetworkFault.Aborted, "aborted", "it aborts the association"),
        .. Network(NetworkFault.Lost, "lost", "it closes the connection without a word"),
        .. Network(NetworkFault.TimedOut, "no-answer", "it does not answer in time"),
        .. Network(NetworkFault.Protocol, "protocol", "it sends what the standard does not allow"),
        new("a file or a connection failed", Prospect.Passing, fault => fault is IOException) { Cause = "io", Lane = LaneNews.Down },
        .. FaultRule.Usual,
    ];

    /// <summary>What a failure status of its says (PS3.4, B.2.3; PS3.7, annex C).</summary>
    public static WorkFault Of(DimseStatus status) => new(ProspectOf(status), $"it answered {status}.", $"status-{status.Code:x4}", $"it answers {status}")
    {
        // Out of resources is the receiver's state, which the next document meets too; all else is said of this document.
        Lane = status.Code >> 8 == 0xA7 || status == DimseStatus.ResourceLimitation ? LaneNews.Down : LaneNews.Answers,
    };

    private static Prospect ProspectOf(DimseStatus status) =>
        status.IsRetryWorthwhile ? Prospect.Passing
        : status == DimseStatus.SopClassNotSupported || status == DimseStatus.NotAuthorised ? Prospect.NeedsSomebody
        : Prospect.ForGood;

    private static IEnumerable<FaultRule> Network(NetworkFault fault, string cause, string words, LaneNews lane = LaneNews.Down) =>
    [
        new(words, Prospect.Passing, error => error is DicomNetworkException { IsRetryWorthwhile: true } met && met.Fault == fault) { Cause = cause, Lane = lane },
        new($"{words} and will not by itself", Prospect.NeedsSomebody, error => error is DicomNetworkException met && met.Fault == fault) { Cause = cause, Lane = lane },
    ];
}
