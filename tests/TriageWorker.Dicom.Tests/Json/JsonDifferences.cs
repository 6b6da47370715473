using System.Globalization;
using System.Text.Json;

namespace TriageWorker.Dicom.Tests.Json;

/// <summary>Where two DICOM JSON Model objects say different things. 1 and 1.0 and, where a string is allowed, "1.0" are the same number.</summary>
internal static class JsonDifferences
{
    /// <summary>A place and what each says there; null where one says nothing.</summary>
    internal readonly record struct Difference(string Path, string Vr, string? Ours, string? Theirs)
    {
        internal DicomTag Tag => DicomTag.TryParse(Path[(Path.LastIndexOf('.') + 1)..], out var tag) ? tag : default;
    }

    internal static IEnumerable<Difference> Between(JsonElement ours, JsonElement theirs, string path = "")
    {
        foreach (var name in ours.EnumerateObject().Concat(theirs.EnumerateObject()).Select(attribute => attribute.Name).Distinct().Order(StringComparer.Ordinal))
        {
            var here = path.Length == 0 ? name : $"{path}.{name}";
            var left = ours.TryGetProperty(name, out var l) ? l : (JsonElement?)null;
            var right = theirs.TryGetProperty(name, out var r) ? r : (JsonElement?)null;
            if (left is null || right is null) yield return new(here, VrOf(left ?? right!.Value), left?.GetRawText(), right?.GetRawText());
            else foreach (var difference in BetweenAttributes(left.Value, right.Value, here)) yield return difference;
        }
    }

    private static IEnumerable<Difference> BetweenAttributes(JsonElement ours, JsonElement theirs, string path)
    {
        var vr = VrOf(ours);
        if (vr != VrOf(theirs))
        {
            yield return new(path, vr, ours.GetRawText(), theirs.GetRawText());
            yield break;
        }
        if (TextOf(ours, "InlineBinary") != TextOf(theirs, "InlineBinary")) yield return new(path, vr, TextOf(ours, "InlineBinary") ?? ours.GetRawText(), TextOf(theirs, "InlineBinary") ?? theirs.GetRawText());
        var left = ValuesOf(ours);
        var right = ValuesOf(theirs);
        if (left.Count != right.Count)
        {
            yield return new(path, vr, ours.GetRawText(), theirs.GetRawText());
            yield break;
        }
        for (var i = 0; i < left.Count; i++)
        {
            if (vr == "SQ" && right[i].ValueKind == JsonValueKind.Object) foreach (var difference in Between(left[i], right[i], $"{path}[{i}]")) yield return difference;
            else if (!AreSame(vr, left[i], right[i])) yield return new(path, vr, left[i].GetRawText(), right[i].GetRawText());
        }
    }

    private static bool AreSame(string vr, JsonElement left, JsonElement right)
    {
        if (left.ValueKind == JsonValueKind.Object && right.ValueKind == JsonValueKind.Object)
            return left.EnumerateObject().Count() == right.EnumerateObject().Count()
                && left.EnumerateObject().All(part => right.TryGetProperty(part.Name, out var other) && other.GetString() == part.Value.GetString());
        if (NumberOf(left) is { } a && NumberOf(right) is { } b && vr is not ("LO" or "SH" or "CS" or "DA" or "TM" or "AT" or "LT" or "UT" or "ST"))
            return a == b || (vr == "FL" && (float)a == (float)b);
        return left.ValueKind == right.ValueKind && left.ToString() == right.ToString();
    }

    private static double? NumberOf(JsonElement value) =>
        double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static List<JsonElement> ValuesOf(JsonElement attribute) => attribute.TryGetProperty("Value", out var values) ? [.. values.EnumerateArray()] : [];

    private static string VrOf(JsonElement attribute) => attribute.GetProperty("vr").GetString()!;

    private static string? TextOf(JsonElement attribute, string name) => attribute.TryGetProperty(name, out var text) ? text.GetString() : null;
}
