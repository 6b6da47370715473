using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriageWorker.Store;

/// <summary>
/// Section <c>Retention</c>: when images leave the spool, the oldest studies first. Unless set, never. A study goes only once it is
/// closed, has an outcome, nothing is due for it, and every document of its newest outcome is delivered or withheld.
/// </summary>
public sealed record RetentionOptions : IValidatableObject
{
    public const string Section = "Retention";

    /// <summary>Images of studies whose last image came longer ago than this are removed. 0: no age is too high.</summary>
    [Range(0, 36_500)]
    public int Days { get; init; }

    /// <summary>With less free space than this on the spool's volume, the oldest studies are removed. 0: never.</summary>
    [Range(0, long.MaxValue)]
    public long StartBelowFreeBytes { get; init; }

    /// <summary>… until so much is free. Not less than <see cref="StartBelowFreeBytes"/>; 0 is the same as that.</summary>
    [Range(0, long.MaxValue)]
    public long StopAboveFreeBytes { get; init; }

    /// <summary>How often it is looked at.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(10);

    public bool IsOn => Days > 0 || StartBelowFreeBytes > 0;

    internal long Until => Math.Max(StopAboveFreeBytes, StartBelowFreeBytes);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (StopAboveFreeBytes > 0 && StartBelowFreeBytes == 0)
            yield return new ValidationResult("It says until when, but not from when on: set StartBelowFreeBytes too.", [nameof(StopAboveFreeBytes)]);
        else if (StopAboveFreeBytes > 0 && StopAboveFreeBytes < StartBelowFreeBytes)
            yield return new ValidationResult($"It is less than StartBelowFreeBytes ({StartBelowFreeBytes}).", [nameof(StopAboveFreeBytes)]);
    }
}

[OptionsValidator]
internal sealed partial class RetentionOptionsValidator : IValidateOptions<RetentionOptions>;
