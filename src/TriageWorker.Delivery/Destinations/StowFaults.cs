using System.Net;
using TriageWorker.Bus;
using TriageWorker.Dicom.Network;
using TriageWorker.DicomWeb;
using TriageWorker.Store;

namespace TriageWorker.Delivery;

/// <summary>What a DICOMweb service's refusals and the breaks on the way to it mean for another attempt, and for the other documents that go there.</summary>
public static class StowFaults
{
    /// <summary>A broken way is every document's. The clauses are those of <see cref="PacsFaults"/> where the fault is the same.</summary>
    internal static IReadOnlyList<FaultRule> Rules { get; } =
    [
        Way(DicomWebFault.Unreachable, "unreachable", "it cannot be reached", Prospect.Passing),
        Way(DicomWebFault.Untrusted, "untrusted", "the TLS handshake failed and will not by itself", Prospect.NeedsSomebody),
        Way(DicomWebFault.Lost, "lost", "it closes the connection without a word", Prospect.Passing),
        Way(DicomWebFault.Silent, "no-answer", "it does not answer in time", Prospect.Passing),
        Way(DicomWebFault.Malformed, "protocol", "it sends what the standard does not allow and will not by itself", Prospect.NeedsSomebody),
        new("what its settings name cannot be read", Prospect.NeedsSomebody, fault => fault is RouteException) { Cause = "route", Lane = LaneNews.Down },
    ];

    /// <summary>It agreed, and the document stands neither among what it stored nor among what it did not.</summary>
    internal static WorkFault NotNamed { get; } = new(Prospect.NeedsSomebody, "it answered without naming the document.", "not-named", "it answers without naming the document")
    {
        Lane = LaneNews.Answers,
    };

    /// <summary>What it says of the one document, in the codes of C-STORE (PS3.18, annex I.2).</summary>
    internal static WorkFault Of(ushort failureReason) => PacsFaults.Of(new DimseStatus(failureReason));

    /// <summary>What it says of the request as a whole (PS3.18, table 10.5.3-1; RFC 9110, 15).</summary>
    public static WorkFault Of(HttpStatusCode status) => new(ProspectOf(status), $"it answered {StatusText.Of(status)}.", $"http-{(int)status}", $"it answers {StatusText.Of(status)}")
    {
        Lane = SpeaksOfTheDocument(status) ? LaneNews.Answers : LaneNews.Down,
    };

    /// <summary>What an answer to <see cref="DicomWebClient.ProbeStoreAsync"/> says; null: documents can be sent there.</summary>
    public static WorkFault? OfProbe(HttpStatusCode status) =>
        (int)status is >= 200 and < 300 || status is HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity ? null : Of(status);

    // Not found, not allowed, not authorised, moved, no such media type: the settings here or there, and every document would meet it.
    private static Prospect ProspectOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => Prospect.Passing,
        HttpStatusCode.NotImplemented or HttpStatusCode.HttpVersionNotSupported => Prospect.NeedsSomebody,
        >= HttpStatusCode.InternalServerError => Prospect.Passing,
        _ when SpeaksOfTheDocument(status) => Prospect.ForGood,
        _ => Prospect.NeedsSomebody,
    };

    private static bool SpeaksOfTheDocument(HttpStatusCode status) => status is
        HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity or HttpStatusCode.InternalServerError;

    private static FaultRule Way(DicomWebFault fault, string cause, string words, Prospect prospect) =>
        new(words, prospect, error => error is DicomWebException met && met.Fault == fault) { Cause = cause, Lane = LaneNews.Down };
}
