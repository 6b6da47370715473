using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TriageWorker.Host.Settings;

/// <summary>
/// The JSON Schema (2020-12) of the settings file, made of the option types: what editors complete by and what a pipeline checks. It knows
/// keys, kinds, ranges and patterns; rules between keys, and whether files and folders are there, are <c>triage config check</c>'s.
/// </summary>
public static class SettingsSchema
{
    public const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    /// <summary>A time as it is written here: <c>00:00:30</c>, <c>1.12:00:00</c>. Without colons it would be days, and hours beyond 23 too.</summary>
    internal const string Time = @"^-?(\d{1,8}\.)?([01]?\d|2[0-3]):[0-5]?\d(:[0-5]?\d(\.\d{1,7})?)?$";

    private static readonly NullabilityInfoContext s_nullability = new();

    public static JsonObject Of(IReadOnlyList<SettingsSection> sections)
    {
        var properties = new JsonObject { [SettingsWalk.SchemaKey] = new JsonObject { ["type"] = "string", ["description"] = "Where this schema lies, for editors." } };
        foreach (var section in sections) properties[section.Key] = OfType(section.Defaults.GetType(), section.Defaults, property: null);
        return new JsonObject
        {
            ["$schema"] = Dialect,
            ["title"] = "TriageWorker settings",
            ["description"] = "Every key may be left out: its default holds. The environment overrides the file: TRIAGE__Intake__Port=104.",
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
        };
    }

    private static JsonObject OfType(Type declared, object? value, PropertyInfo? property)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        var schema = SettingsWalk.IsLeaf(type) ? SettingsLeaf.Of(type, property)
            : SettingsWalk.EntryType(type) is { } entry ? OfEntries(type, entry)
            : OfObject(type, value);
        // What an option says of itself is more than what its type says of all such.
        var words = (property is null ? null : SettingsDescriptions.Of(property)) ?? (SettingsWalk.IsLeaf(type) ? null : SettingsDescriptions.Of(type));
        string[] description = [.. new[] { words, SettingsLeaf.Limits(property) }.OfType<string>()];
        if (description.Length > 0) schema["description"] = string.Join(' ', description);
        if (property is not null && MayBeNull(property) && schema["type"] is JsonValue kind) schema["type"] = new JsonArray(kind.DeepClone(), "null");
        if (SettingsWalk.IsLeaf(type) && value is not null && Default(value) is { } shown) schema["default"] = shown;
        return schema;
    }

    private static JsonObject OfEntries(Type type, Type entry)
    {
        var items = OfType(entry, SettingsWalk.IsLeaf(entry) ? null : SettingsWalk.TryCreate(entry), property: null);
        return SettingsWalk.IsByName(type)
            ? new JsonObject { ["type"] = "object", ["additionalProperties"] = items }
            : new JsonObject { ["type"] = "array", ["items"] = items };
    }

    private static JsonObject OfObject(Type type, object? value)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var property in SettingsWalk.SettingsOf(type))
        {
            var own = value is null ? null : property.GetValue(value);
            properties[property.Name] = OfType(property.PropertyType, own, property);
            if (own is (null or "") && property.IsDefined(typeof(RequiredAttribute))) required.Add(property.Name);
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (required.Count > 0) schema["required"] = required;
        return schema;
    }

    private static bool MayBeNull(PropertyInfo property)
    {
        lock (s_nullability) return s_nullability.Create(property).WriteState == NullabilityState.Nullable;
    }

    private static JsonNode? Default(object value) => value switch
    {
        string text => text,
        bool flag => flag,
        Enum word => word.ToString(),
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        Uri address => address.ToString(),
        _ when SettingsLeaf.IsNumber(value.GetType()) => JsonSerializer.SerializeToNode(value, value.GetType()),
        _ => null,
    };
}
