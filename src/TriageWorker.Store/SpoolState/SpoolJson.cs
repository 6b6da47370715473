using System.Text.Json.Serialization;

namespace TriageWorker.Store;

/// <summary>The JSON columns of <c>spool</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(SpoolFigures))]
[JsonSerializable(typeof(ReconcileFigures))]
[JsonSerializable(typeof(RetentionRun))]
internal sealed partial class SpoolJson : JsonSerializerContext;
