using System.Text.Json.Serialization;
using TriageWorker.Host.Administration;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Host.Studies;

/// <summary>What <c>triage study --json</c> says. Times are the site's, with their offset.</summary>
/// <param name="Studies">All that were meant; none when none is here.</param>
/// <param name="Absence">What can be said of one that is not here; null when one is.</param>
public sealed record StudyAnswer(string Asked, string TimeZone, IReadOnlyList<StudyDocument> Studies, AbsenceDocument? Absence = null);

/// <param name="State">waiting, positive, negative or not_analysed.</param>
/// <param name="Position">From 1, on the list of what nobody has read; null when it has no row there.</param>
public sealed record StudyDocument(string StudyUid, string? Accession, string Caller, OrderClass Order, int Images, string? State, long? Position, string? Moved,
    IReadOnlyList<Hop> Hops, IReadOnlyList<DocumentSent> Documents, WaitsFor WaitsFor, Eta? Eta, DateTimeOffset Now)
{
    /// <summary>What there is to say of its images: removed, missing, in conflict.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Of each finding that is flagged now, where its score comes from most.</summary>
    public IReadOnlyList<AttentionSaid> Attention { get; init; } = [];

    public static StudyDocument Of(StudyJourney journey, SiteTimes times)
    {
        var (page, list) = (journey.Page, journey.Page.Worklist);
        return new(page.Study.Uid.Value, page.Study.Accession, page.Study.Caller, page.Study.Order, page.Study.Images, list?.State, list?.Position, list?.Moved,
            [.. journey.Hops.Select(hop => hop with { At = times.Here(hop.At) })],
            [.. page.Deliveries.Select(delivery => DocumentSent.Of(delivery, page.WorkOf(delivery), times)), .. page.Forwards.Select(round => DocumentSent.Of(round, page.WorkOf(round), times))], journey.WaitsFor,
            journey.Eta is { At: { } at } eta ? eta with { At = times.Here(at) } : journey.Eta, times.Here(journey.Now))
        {
            Remarks = journey.Remarks,
            Attention = AttentionSaid.Of(page),
        };
    }
}

/// <summary>One document, or the originals of one closing, for one destination.</summary>
/// <param name="Document">"SR", "text", or "118 of 120 originals".</param>
/// <param name="State">due, delivered, withheld or failed.</param>
/// <param name="Because">Why it is not there; of a due one the last attempt's error.</param>
/// <param name="NextAttempt">Of a due one.</param>
public sealed record DocumentSent(string Destination, string Document, string State, int Attempts, string? Because, DateTimeOffset? DeliveredAt, DateTimeOffset? NextAttempt)
{
    internal static DocumentSent Of(ForwardRow round, WorkRow? work, SiteTimes times) => new(round.Destination, round.State == "delivered" ? round.What : $"{round.Images - round.Missing} of {round.What}", round.State,
        work?.Attempts ?? 0, round.Because ?? (round.State == "due" ? work?.LastError : null),
        round is { State: "delivered", SettledAt: { } at } ? times.Here(at) : null, round.State == "due" && work is { State: "due" } ? times.Here(work.DueAt) : null);

    internal static DocumentSent Of(DeliveryRow delivery, WorkRow? work, SiteTimes times) => new(delivery.Destination, StudyTimeline.Kind(delivery.Document), delivery.State,
        work?.Attempts ?? 0, delivery.Because ?? (delivery.State == "due" ? work?.LastError : null),
        delivery.DeliveredAt is { } at ? times.Here(at) : null, delivery.State == "due" && work is { State: "due" } ? times.Here(work.DueAt) : null);
}

/// <param name="Quarantined">Files in this machine's quarantine; null where there is no spool on it.</param>
public sealed record AbsenceDocument(IReadOnlyList<RefusedCaller> RefusedCallers, IReadOnlyList<CutAssociation> CutAssociations, int OpenAssociations, int? Quarantined);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(StudyAnswer))]
internal sealed partial class StudyJson : JsonSerializerContext;
