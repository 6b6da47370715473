using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using TriageWorker.Store;
using TriageWorker.Triage;

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

    /// <summary>The longest that one attempt may take. Past it the attempt has failed, and another worker may take the row.</summary>
    [ValidateObjectMembers]
    public LongestAttempts LongestAttempt { get; init; } = new();

    /// <summary>How long work past its <see cref="LongestAttempt"/> may take to heed its cancellation. If it does not (a native call may
    /// hang), the process ends, for nothing else frees its slot.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")]
    public TimeSpan EndWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When a destination counts as down, and how often it is then tried.</summary>
    [ValidateObjectMembers]
    public BreakerPolicy Breaker { get; init; } = new();

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

/// <summary>Section <c>Bus:LongestAttempt</c>, one for each stage.</summary>
public sealed record LongestAttempts
{
    /// <summary>Two rows are read and judged.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00")]
    public TimeSpan Closing { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A study is read, resampled and scored, beside others, on what may be a slow machine.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00")]
    public TimeSpan Scoring { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>One document is sent; the network has shorter deadlines of its own.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00")]
    public TimeSpan Delivery { get; init; } = TimeSpan.FromMinutes(10);

    internal TimeSpan Of(Stage stage) => stage switch
    {
        Stage.Closing => Closing,
        Stage.Scoring => Scoring,
        Stage.Delivery => Delivery,
        _ => throw new UnreachableException($"{stage} is no stage we know."),
    };
}

[OptionsValidator]
internal sealed partial class BusOptionsValidator : IValidateOptions<BusOptions>;
