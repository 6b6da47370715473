using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Text.Json.Nodes;

namespace TriageWorker.Host.Settings;

/// <summary>What a single value may be, as a schema says it: its kind, and the rules that its option carries as attributes.</summary>
internal static class SettingsLeaf
{
    public static JsonObject Of(Type type, PropertyInfo? property)
    {
        var schema = type switch
        {
            { IsEnum: true } => new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => (JsonNode)name)]) },
            _ when type == typeof(bool) => new JsonObject { ["type"] = "boolean" },
            _ when IsWhole(type) => Whole(type),
            _ when IsNumber(type) => new JsonObject { ["type"] = "number" },
            _ when type == typeof(TimeSpan) => new JsonObject { ["type"] = "string", ["pattern"] = SettingsSchema.Time },
            _ when type == typeof(Uri) => new JsonObject { ["type"] = "string", ["format"] = "uri" },
            _ => new JsonObject { ["type"] = "string" },
        };
        if (property is null) return schema;
        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>()) Apply(schema, type, rule, isRequired: property.IsDefined(typeof(RequiredAttribute)));
        return schema;
    }

    /// <summary>What a schema has no word for: the range of a time.</summary>
    public static string? Limits(PropertyInfo? property) => property?.GetCustomAttribute<RangeAttribute>() is { OperandType: var operand } range && operand == typeof(TimeSpan)
        ? $"From {range.Minimum} to {range.Maximum}."
        : null;

    public static bool IsNumber(Type type) => IsWhole(type) || type == typeof(double) || type == typeof(float) || type == typeof(decimal);

    private static bool IsWhole(Type type) => type.GetInterfaces().Any(of => of.IsGenericType && of.GetGenericTypeDefinition() == typeof(IBinaryInteger<>)) && type != typeof(char);

    // What does not fit the type cannot be read.
    private static JsonObject Whole(Type type) => type == typeof(ushort)
        ? new JsonObject { ["type"] = "integer", ["minimum"] = ushort.MinValue, ["maximum"] = ushort.MaxValue }
        : type == typeof(int)
            ? new JsonObject { ["type"] = "integer", ["minimum"] = int.MinValue, ["maximum"] = int.MaxValue }
            : new JsonObject { ["type"] = "integer" };

    private static void Apply(JsonObject schema, Type type, ValidationAttribute rule, bool isRequired)
    {
        switch (rule)
        {
            case RangeAttribute range when IsNumber(type):
                (schema["minimum"], schema["maximum"]) = (Number(range.Minimum), Number(range.Maximum));
                break;
            case RegularExpressionAttribute pattern: // an empty value passes the attribute; where it must not, it is required
                schema["pattern"] = isRequired ? pattern.Pattern : $"^$|{pattern.Pattern}";
                break;
            case RequiredAttribute { AllowEmptyStrings: false } when type == typeof(string):
                schema["minLength"] = 1;
                break;
            case StringLengthAttribute length:
                schema["maxLength"] = length.MaximumLength;
                if (length.MinimumLength > 0) schema["minLength"] = length.MinimumLength;
                break;
        }
    }

    private static JsonNode? Number(object limit) => limit switch
    {
        int whole => whole,
        double number when number == Math.Truncate(number) && Math.Abs(number) < 1L << 53 => (long)number,
        double number when number >= long.MaxValue => long.MaxValue, // how a range of longs is kept
        double number => number,
        _ => JsonValue.Create(Convert.ToDecimal(limit, CultureInfo.InvariantCulture)),
    };
}
