using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriageWorker.Jobs;

/// <summary>Section <c>Silence</c>: when a caller that sends nothing is an alarm.</summary>
public sealed record SilenceOptions
{
    public const string Section = "Silence";

    public bool Enabled { get; init; } = true;

    /// <summary>Weeks that a caller must have been known for before its silence says anything.</summary>
    [Range(1, 8)]
    public int AfterWeeks { get; init; } = 3;

    /// <summary>
    /// It is silent when this many studies would have come meanwhile at its usual rate. Were studies to come independently of each other,
    /// 10 of them would all stay away by chance once in 20,000 times.
    /// </summary>
    [Range(2, 1000)]
    public int Studies { get; init; } = 10;
}

[OptionsValidator]
internal sealed partial class SilenceOptionsValidator : IValidateOptions<SilenceOptions>;
