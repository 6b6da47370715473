using System.Text.Json;
using System.Text.Json.Nodes;
using TriageWorker.Testing;

namespace TriageWorker.Chaos;

/// <summary>What the processes logged, by event.</summary>
internal sealed class LogLines(IEnumerable<RoleProcess> processes)
{
    private const int CannotClaim = 4001, AttemptFailed = 4003, Expired = 4010, Lost = 4005, HandedBack = 4006, Overdue = 4007,
        AlarmRaised = 3030, NoticesWait = 8026, NotReady = 9003;
    private readonly List<(string Process, JsonNode Line)> _lines =
        [.. from process in processes from line in process.Log where line.StartsWith('{') let parsed = Parse(line) where parsed is not null select (process.Name, parsed)];

    public int LostClaims => Of(Lost).Count();

    public int HandedBackClaims => Of(HandedBack).Count();

    public int FailedAttempts => Of(AttemptFailed).Count() + Of(Overdue).Count();

    public int ExpiredLeases => Of(Expired).Sum(line => (int?)line["State"]?["Due"] ?? 0);

    /// <summary>Errors that no trouble explains, one sentence each.</summary>
    public IReadOnlyList<string> Unexpected =>
    [
        .. from line in _lines
           where (string?)line.Line["LogLevel"] is "Error" or "Critical" && !IsExplained(line.Line)
           select $"{line.Process}: {(string?)line.Line["Category"]}[{(int?)line.Line["EventId"]}] {(string?)line.Line["Message"]} {First((string?)line.Line["Exception"])}",
    ];

    // A database that was taken away fails what ran on it; and what the product says of such trouble, to whoever watches it, is what it should.
    private static bool IsExplained(JsonNode line) => (int?)line["EventId"] switch
    {
        CannotClaim or AttemptFailed => ((string?)line["Exception"])?.Contains("Npgsql", StringComparison.Ordinal) == true,
        AlarmRaised or NoticesWait or NotReady => true,
        _ => false,
    };

    private IEnumerable<JsonNode> Of(int eventId) => _lines.Select(line => line.Line).Where(line => (int?)line["EventId"] == eventId && ((string?)line["Category"])?.StartsWith("TriageWorker.Bus", StringComparison.Ordinal) == true);

    private static string First(string? exception) => exception is null ? "" : exception[..Math.Min(exception.Length, 600)];

    private static JsonNode? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line);
        }
        catch (JsonException)
        {
            return null; // cut by a kill
        }
    }
}
