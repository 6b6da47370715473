using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;

namespace TriageWorker.Host.Telemetry;

/// <summary>Section <c>Telemetry</c>: what leaves the process to be looked at elsewhere. Metrics are fetched from it, so they need no setting.</summary>
public sealed record TelemetryOptions
{
    public const string Section = "Telemetry";

    [ValidateObjectMembers]
    public OtlpOptions Otlp { get; init; } = new();
}

/// <summary>Section <c>Telemetry:Otlp</c>: the collector that takes traces.</summary>
public sealed record OtlpOptions : IValidatableObject
{
    /// <summary>Such as <c>http://collector:4318</c>. Not set: nothing is traced, and nothing is connected to.</summary>
    public Uri? Endpoint { get; init; }

    public OtlpExportProtocol Protocol { get; init; } = OtlpExportProtocol.HttpProtobuf;

    /// <summary>How long one sending may take. While it takes, spans wait; when too many wait, further ones are dropped.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How large a share of the studies is traced, from 0 to 1. A study is traced whole or not at all.</summary>
    [Range(0.0, 1.0)]
    public double Share { get; init; } = 1;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is not null && (!Endpoint.IsAbsoluteUri || Endpoint.Scheme is not ("http" or "https")))
            yield return new ValidationResult($"{Endpoint} is no http or https address such as http://collector:4318.", [nameof(Endpoint)]);
    }
}

[OptionsValidator]
internal sealed partial class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>;
