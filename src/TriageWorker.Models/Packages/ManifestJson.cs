using System.Text.Json.Serialization;
using TriageWorker.Models.Golden;
using TriageWorker.Models.Sentences;

namespace TriageWorker.Models.Packages;

/// <summary>An unknown key is a fault: in a file that says what may be done with a patient's images, a typing error must not pass.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(ManifestDocument))]
[JsonSerializable(typeof(GoldenRecord))]
[JsonSerializable(typeof(TextGolden))]
internal sealed partial class ManifestJson : JsonSerializerContext;
