using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using TriageWorker.Store;

namespace TriageWorker.Host.Roles;

/// <summary>
/// Section <c>Testing</c>: troubles that a test gives a process and a site never does. Whatever stands here is refused
/// unless the environment says that this is a test, which no settings file can say.
/// </summary>
public sealed record TestingOptions : IValidatableObject
{
    public const string Section = "Testing";

    /// <summary>The environment variable that must be 1.</summary>
    public const string Variable = "TRIAGE_TESTING";

    /// <summary>How far the clock of this process is from the machine's.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>A point on the way of an image at which this process kills itself. Empty: at none.</summary>
    public string KillAt { get; init; } = "";

    /// <summary>At which passing of that point.</summary>
    [Range(1, int.MaxValue)]
    public int KillAtPassing { get; init; } = 1;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var isTest = Environment.GetEnvironmentVariable(Variable) == "1";
        if (ClockOffset != TimeSpan.Zero && !isTest)
            yield return new ValidationResult(
                $"puts the clock of this process wrong and is for tests of the product only (they set the environment variable {Variable}=1); remove it.",
                [nameof(ClockOffset)]);
        if (KillAt.Length > 0 && !isTest)
            yield return new ValidationResult(
                $"kills this process in the middle of its work and is for tests of the product only (they set the environment variable {Variable}=1); remove it.",
                [nameof(KillAt)]);
        if (KillAt.Length > 0 && !FailPoint.All.Contains(KillAt))
            yield return new ValidationResult($"'{KillAt}' is no point that an image passes; there are: {string.Join(", ", FailPoint.All)}.", [nameof(KillAt)]);
    }
}

[OptionsValidator]
internal sealed partial class TestingOptionsValidator : IValidateOptions<TestingOptions>;
