using System.Diagnostics;
using System.Diagnostics.Metrics;
using TriageWorker.Store;

namespace TriageWorker.Delivery;

/// <summary>What this room tells about itself. No identifiers of patients or studies.</summary>
public static class DeliveryTelemetry
{
    public const string Name = "TriageWorker.Delivery";

    private static readonly Meter s_meter = new(Name);

    public static ActivitySource Activities { get; } = new(Name);

    private static Counter<long> Answers { get; } = s_meter.CreateCounter<long>("triage.delivery.answers", "{document}", "What destinations answered to documents: taken, later, blocked, refused.");

    private static Counter<long> Originals { get; } = s_meter.CreateCounter<long>("triage.delivery.originals", "{image}", "Originals that destinations got: taken, or not (yet).");

    internal static void Forwarded(string destination, int taken, int notTaken)
    {
        if (taken > 0) Originals.Add(taken, new("destination", destination), new KeyValuePair<string, object?>("answer", "taken"));
        if (notTaken > 0) Originals.Add(notTaken, new("destination", destination), new KeyValuePair<string, object?>("answer", "not_taken"));
    }

    /// <summary>The way to one destination: to reach it, to write the document, to hand it over.</summary>
    internal static Activity? Send(DeliveryJob job) => Activities.StartActivity("delivery.send", ActivityKind.Client)?
        .SetTag("triage.destination", job.Destination).SetTag("triage.document", job.Document.ToString());

    internal static void Answered(string destination, Handed answer)
    {
        var word = answer is not Handed.NotTaken(var fault) ? "taken" : fault.Prospect switch
        {
            Prospect.ForGood => "refused",
            Prospect.NeedsSomebody => "blocked",
            _ => "later",
        };
        Activity.Current?.SetTag("triage.answer", word);
        Answers.Add(1, new("destination", destination), new KeyValuePair<string, object?>("answer", word));
    }
}
