using System.Text.Json;
using System.Text.Json.Nodes;

namespace TriageWorker.Store;

/// <summary>What the ledger says of a study that no other row says: documents not sent, and acts of people.</summary>
internal static class LedgerHops
{
    // Each of these has a row of its own that says more.
    private static readonly HashSet<string> s_toldElsewhere = new(StringComparer.Ordinal) { "study.closed", "generation.made", "decision.made", "delivery.delivered" };

    public static IEnumerable<Hop> Of(IReadOnlyList<AuditRow> lines) => lines.Where(line => !s_toldElsewhere.Contains(line.Event)).Select(Of);

    private static Hop Of(AuditRow line) => line.Event switch
    {
        "delivery.withheld" => new(line.At, "Withheld", Document(line)),
        "delivery.failed" => new(line.At, "Delivery given up", Document(line)),
        "images.awaited" => new(line.At, "Waits for images", $"node {Text(Read(line.Detail), "node")} holds them and could not be read"),
        "images.there" => new(line.At, "Images there", $"node {Text(Read(line.Detail), "node")} holds them, and all could be read"),
        "study.read" => new(line.At, "Read", $"by {line.Actor}"),
        _ => new(line.At, "Ledger", $"{line.Event} by {line.Actor}"),
    };

    private static string Document(AuditRow line)
    {
        var detail = Read(line.Detail);
        return $"{Text(detail, "document")?.ToUpperInvariant()} for {Text(detail, "destination")}: {Text(detail, "because")}";
    }

    private static JsonObject? Read(string detail)
    {
        try
        {
            return JsonNode.Parse(detail) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonObject? detail, string key) => detail?[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
