using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriageWorker.Bus;

/// <summary>Where wake-up tokens travel.</summary>
public enum BusTransport
{
    InMemory,
    RabbitMq,
}

/// <summary>Section <c>Bus</c>.</summary>
public sealed record BusOptions : IValidatableObject
{
    public const string Section = "Bus";

    public BusTransport Transport { get; init; }

    /// <summary>For RabbitMQ: <c>amqp://user:password@host:port/vhost</c> (<c>amqps</c> for TLS).</summary>
    public Uri? Uri { get; init; }

    /// <summary>How long a claim holds without a heartbeat; a dead worker's study starts again after it.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a loop without work looks by itself. Tokens only make it sooner.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromMilliseconds(250);

    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>At shutdown, how long running work may go on before it is cancelled and handed back.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan FinishWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one sending of tokens waits for the broker.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ConfirmWithin { get; init; } = TimeSpan.FromSeconds(5);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Transport != BusTransport.RabbitMq) yield break;
        if (Uri is null || !Uri.IsAbsoluteUri || Uri.Scheme is not ("amqp" or "amqps") || Uri.Host.Length == 0)
            yield return new ValidationResult("Bus:Uri must be amqp://user:password@host:port/vhost when Bus:Transport is RabbitMq.", [nameof(Uri)]);
        else if (!Uri.UserInfo.Contains(':', StringComparison.Ordinal))
            yield return new ValidationResult("Bus:Uri names no user and password.", [nameof(Uri)]);
    }
}

[OptionsValidator]
internal sealed partial class BusOptionsValidator : IValidateOptions<BusOptions>;
