using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace TriageWorker.DicomWeb;

/// <summary>
/// One entry of an <c>Accept</c> header (RFC 9110, 12.5.1). Read by hand because many DICOMweb clients write
/// <c>type=application/dicom</c> without the quotes that the grammar wants, and must be understood.
/// </summary>
internal sealed record MediaRange(string Type, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>From 1, wanted most, to 0, refused. What is no number counts as 1.</summary>
    public double Quality =>
        Parameters.TryGetValue("q", out var text) && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality) ? quality : 1;

    public bool Is(string type) => Type.Equals(type, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is the type, or a range that holds it: <c>image/*</c>, <c>*/*</c>.</summary>
    public bool Holds(string type) => Is(type) || Is("*/*") || (Type.EndsWith("/*", StringComparison.Ordinal) && type.StartsWith(Type[..^1], StringComparison.OrdinalIgnoreCase));

    public string? Parameter(string name) => Parameters.GetValueOrDefault(name);

    /// <summary>
    /// What the client accepts, most wanted first. An <c>accept</c> query parameter (PS3.18 8.3.3.1), for links in a page, stands
    /// before the header; nothing said means anything.
    /// </summary>
    public static IReadOnlyList<MediaRange> Asked(HttpRequest request)
    {
        var text = (request.Query.TryGetValue("accept", out var parameter) ? parameter : request.Headers.Accept).ToString();
        return [.. ReadList(text.Length == 0 ? "*/*" : text).Where(range => range.Quality > 0).OrderByDescending(range => range.Quality)];
    }

    public static IEnumerable<MediaRange> ReadList(string text) =>
        Split(text, ',').Where(entry => entry.Length > 0).Select(entry =>
        {
            var parts = Split(entry, ';');
            var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var part in parts.Skip(1))
                if (part.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign) parameters.TryAdd(part[..sign].Trim(), part[(sign + 1)..].Trim().Trim('"'));
            return new MediaRange(parts[0], parameters);
        });

    // Delimiters between quotes are text.
    private static List<string> Split(string text, char delimiter)
    {
        var parts = new List<string>();
        var (start, quoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') quoted = !quoted;
            if (text[i] != delimiter || quoted) continue;
            parts.Add(text[start..i].Trim());
            start = i + 1;
        }

        parts.Add(text[start..].Trim());
        return parts;
    }
}
