using System.Globalization;

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

    public string? Parameter(string name) => Parameters.GetValueOrDefault(name);

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
