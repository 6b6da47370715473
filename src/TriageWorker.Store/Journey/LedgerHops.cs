using System.Text.Json;
using System.Text.Json.Nodes;

namespace TriageWorker.Store;

/// <summary>What the ledger says of a study that no other row says: documents not sent, and acts of people.</summary>
internal static class LedgerHops
{
    // Each of these has a row of its own that says more.
    private static readonly HashSet<string> s_toldElsewhere = new(StringComparer.Ordinal) { "study.closed", "series.closed", "generation.made", "decision.made", "delivery.delivered", "originals.delivered", "originals.sent", "result.extended", "result.unextended" };

    public static IEnumerable<Hop> Of(IReadOnlyList<AuditRow> lines) => lines.Where(line => !s_toldElsewhere.Contains(line.Event)).Select(Of);

    private static Hop Of(AuditRow line) => line.Event switch
    {
        "delivery.withheld" => new(line.At, "Withheld", Document(line)),
        "delivery.failed" => new(line.At, "Delivery given up", Document(line)),
        "availability.notified" => new(line.At, "Image list", $"{Text(Read(line.Detail), "caller")} says which images there are"),
        "originals.failed" => new(line.At, "Forwarding given up", Originals(line)),
        "series.removed" => new(line.At, "Images removed", Removed(Read(line.Detail))),
        "images.compared" => new(line.At, "Compared", Compared(Read(line.Detail))),
        "images.missing" => new(line.At, "Files missing", $"{Number(Read(line.Detail), "images")} of the images: their files are gone from the spool"),
        "images.returned" => new(line.At, "Files back", $"{Number(Read(line.Detail), "images")} of the images that were missing"),
        "images.awaited" => new(line.At, "Waits for images", $"node {Text(Read(line.Detail), "node")} holds them and could not be read"),
        "images.there" => new(line.At, "Images there", $"node {Text(Read(line.Detail), "node")} holds them, and all could be read"),
        "images.retrieved" => new(line.At, "Retrieval", Retrieved(Read(line.Detail))),
        "study.read" => new(line.At, "Read", $"by {line.Actor}"),
        _ => new(line.At, "Ledger", $"{line.Event} by {line.Actor}"),
    };

    private static string Document(AuditRow line)
    {
        var detail = Read(line.Detail);
        return $"{Text(detail, "document")?.ToUpperInvariant()} for {Text(detail, "destination")}: {Text(detail, "because")}";
    }

    private static string Originals(AuditRow line)
    {
        var detail = Read(line.Detail);
        return $"originals for {Text(detail, "destination")}: {Text(detail, "because")}";
    }

    private static string Removed(JsonObject? detail) =>
        $"{Number(detail, "images")} images of series {Text(detail, "series")} by retention, because {Text(detail, "because")} ({RetentionRule.Size(Number(detail, "bytes"))})";

    private static string Compared(JsonObject? detail) =>
        $"what came again in another transfer syntax: {Number(detail, "alike")} the same image, {Number(detail, "conflicts")} another content";

    private static string Retrieved(JsonObject? detail) => $"{Number(detail, "images")} images, which {Text(detail, "caller")} asked for to be sent to {Text(detail, "destination")}";

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

    private static long Number(JsonObject? detail, string key) => detail?[key] is JsonValue value && value.TryGetValue<long>(out var number) ? number : 0;
}
