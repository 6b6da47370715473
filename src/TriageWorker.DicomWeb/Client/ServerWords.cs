using System.Text;
using System.Text.Json;

namespace TriageWorker.DicomWeb;

/// <summary>What a server says of a refusal, as one short line: from plain text, problem details (RFC 9457) and their like, or a Warning header; a page says nothing.</summary>
internal static class ServerWords
{
    private const int MostBytes = 4096, MostLetters = 200;
    private static readonly string[] s_names = ["detail", "message", "errormessage", "title", "error"];

    public static async Task<string> OfAsync(HttpResponseMessage response, Stream body, CancellationToken stop)
    {
        var type = response.Content.Headers.ContentType?.MediaType ?? "";
        var isJson = type.EndsWith("json", StringComparison.OrdinalIgnoreCase);
        var words = isJson || type.Equals("text/plain", StringComparison.OrdinalIgnoreCase) ? await StartAsync(body, stop) : "";
        if (isJson) words = Named(words);
        if (words.Length == 0) words = response.Headers.Warning.FirstOrDefault()?.Text.Trim('"') ?? "";
        return OneLine(words);
    }

    private static async Task<string> StartAsync(Stream body, CancellationToken stop)
    {
        var bytes = new byte[MostBytes];
        try
        {
            return Encoding.UTF8.GetString(bytes, 0, await body.ReadAtLeastAsync(bytes, MostBytes, throwOnEndOfStream: false, stop));
        }
        catch (DicomWebException)
        {
            return ""; // the status says enough
        }
    }

    private static string Named(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return "";
            var said = document.RootElement.EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.String).ToList();
            return s_names.SelectMany(name => said.Where(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase))).Select(entry => entry.Value.GetString()).FirstOrDefault() ?? "";
        }
        catch (JsonException)
        {
            return ""; // cut, or none after all
        }
    }

    private static string OneLine(string words)
    {
        var line = string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Where(letter => !char.IsControl(letter));
        return string.Concat(line.Take(MostLetters));
    }
}
