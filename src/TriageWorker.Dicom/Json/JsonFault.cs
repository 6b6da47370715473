using System.Text.Json;

namespace TriageWorker.Dicom.Json;

/// <summary>What was expected and what is there instead. Says no value: those may be a patient's.</summary>
internal static class JsonFault
{
    internal static DicomJsonException Expected(string what, JsonTokenType found, AttributePath path) =>
        new($"expected {what}, found {NameOf(found)}", path.ToString());

    internal static DicomJsonException Refused(string why, AttributePath path) => new(why, path.ToString());

    internal static DicomJsonException NoJson(JsonException broken, AttributePath path) =>
        new($"this is no JSON, is cut, or is nested too deep: {broken.Message}", path.ToString(), broken);

    private static string NameOf(JsonTokenType found) => found switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.EndArray => "the end of the array",
        JsonTokenType.PropertyName => "a name",
        JsonTokenType.String => "another string",
        JsonTokenType.Number => "another number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        JsonTokenType.Null => "null",
        _ => "the end",
    };
}
