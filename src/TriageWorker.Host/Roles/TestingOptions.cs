using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

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

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ClockOffset != TimeSpan.Zero && Environment.GetEnvironmentVariable(Variable) != "1")
            yield return new ValidationResult(
                $"puts the clock of this process wrong and is for tests of the product only (they set the environment variable {Variable}=1); remove it.",
                [nameof(ClockOffset)]);
    }
}

[OptionsValidator]
internal sealed partial class TestingOptionsValidator : IValidateOptions<TestingOptions>;
