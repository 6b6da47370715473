using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TriageWorker.Host.Operations;

/// <summary>
/// What <c>/healthz</c> and <c>/readyz</c> answer: 200, also when degraded, or 503; and why, a line for each check, or JSON for
/// whoever accepts it.
/// </summary>
internal static class HealthAnswer
{
    /// <summary>Whether the process should be left running.</summary>
    public static HealthCheckOptions Live { get; } = new() { Predicate = check => check.Name == LoopsHealth.Name, ResponseWriter = (http, report) => WriteAsync(http, report, "alive", "not alive") };

    /// <summary>Whether the process should be given work.</summary>
    public static HealthCheckOptions Ready { get; } = new() { ResponseWriter = (http, report) => WriteAsync(http, report, "ready", "not ready") };

    public static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "ok",
        HealthStatus.Degraded => "degraded",
        _ => "failing",
    };

    private static Task WriteAsync(HttpContext http, HealthReport report, string well, string unwell)
    {
        var status = report.Status switch
        {
            HealthStatus.Healthy => well,
            HealthStatus.Degraded => $"{well}, degraded",
            _ => unwell,
        };
        var answer = new HealthDocument(status, [.. report.Entries.Select(entry => new CheckedPart(entry.Key, Word(entry.Value.Status), entry.Value.Description ?? "A fault of ours; the log has it."))]);
        var asJson = http.Request.Headers.Accept.Any(accept => accept?.Contains("json", StringComparison.OrdinalIgnoreCase) == true);
        http.Response.ContentType = asJson ? "application/json" : "text/plain; charset=utf-8";
        return http.Response.WriteAsync(asJson ? JsonSerializer.Serialize(answer, HealthJson.Default.HealthDocument) : TextOf(answer), http.RequestAborted);
    }

    private static string TextOf(HealthDocument answer)
    {
        var text = new StringBuilder(answer.Status).Append('\n');
        foreach (var part in answer.Checks) text.Append(part.Name).Append(": ").Append(part.Status).Append(": ").Append(part.Because.ReplaceLineEndings(" ")).Append('\n');
        return text.ToString();
    }
}

/// <param name="Status">In words, the same as the first line of the text.</param>
internal sealed record HealthDocument(string Status, IReadOnlyList<CheckedPart> Checks);

/// <param name="Status">ok, degraded or failing.</param>
internal sealed record CheckedPart(string Name, string Status, string Because);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(HealthDocument))]
internal sealed partial class HealthJson : JsonSerializerContext;
