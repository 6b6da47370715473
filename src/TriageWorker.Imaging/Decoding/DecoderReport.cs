using System.Text.Json;
using System.Text.Json.Serialization;

namespace TriageWorker.Imaging.Decoding;

/// <summary>What the decoder says of itself when it is probed: one line of JSON, written and read here alone.</summary>
/// <param name="Decodes">Transfer syntaxes that it says it decodes.</param>
/// <param name="Missing">Why there is no decoder; null when there is one.</param>
public sealed record DecoderReport(string Decoder, string? Version, IReadOnlyList<string> Decodes, string? Missing)
{
    public string Write() => JsonSerializer.Serialize(this, DecoderJson.Default.DecoderReport);

    /// <exception cref="JsonException">It is no report.</exception>
    public static DecoderReport Read(string json) =>
        JsonSerializer.Deserialize(json, DecoderJson.Default.DecoderReport) ?? throw new JsonException("It says nothing.");

    /// <summary>Nobody answered.</summary>
    internal static DecoderReport None(string because) => new(DecoderProgram.Name, null, [], because);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DecoderReport))]
internal sealed partial class DecoderJson : JsonSerializerContext;
