using System.Text.Json.Serialization;

namespace TriageWorker.Web;

/// <summary>What programs get. A score that is no number is written as "NaN", not left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(WorklistView))]
[JsonSerializable(typeof(StudyView))]
[JsonSerializable(typeof(AlarmsView))]
[JsonSerializable(typeof(CallersView))]
[JsonSerializable(typeof(CallerView))]
internal sealed partial class WebJson : JsonSerializerContext;
