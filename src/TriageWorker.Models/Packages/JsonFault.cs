using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TriageWorker.Models.Packages;

/// <summary>What .NET says of JSON that does not fit, in the words of whoever wrote the file: the line, and no names of types.</summary>
internal static partial class JsonFault
{
    /// <summary>Adds it with its place.</summary>
    public static void Add(this Faults faults, string file, JsonException error) =>
        faults.Add(error.Path is null or "$" ? file : error.Path.Replace("$.", "", StringComparison.Ordinal), In(error));

    public static string In(JsonException error)
    {
        var said = Place().Replace(error.Message, "").TrimEnd('.');
        said = Unknown().Replace(said, "$1 is no key that this version knows");
        said = Twice().Replace(said, "$1 stands twice");
        said = OtherKind().Replace(said, "is of another kind than what is read here");
        return error.LineNumber is { } line ? string.Create(CultureInfo.InvariantCulture, $"{said} (line {line + 1})") : said;
    }

    [GeneratedRegex(@" ?(Path: \S+ \| )?LineNumber: \d+ \| BytePositionInLine: \d+\.?$")]
    private static partial Regex Place();

    [GeneratedRegex("^The JSON property ('.*') could not be mapped to any .NET member contained in type '.*'$", RegexOptions.Singleline)]
    private static partial Regex Unknown();

    [GeneratedRegex("^Duplicate property ('.*') encountered during deserialization of type '.*'$", RegexOptions.Singleline)]
    private static partial Regex Twice();

    [GeneratedRegex("^The JSON value could not be converted to .*$", RegexOptions.Singleline)]
    private static partial Regex OtherKind();
}
