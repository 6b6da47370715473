using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriageWorker.Bus;

/// <summary>Section <c>Node</c>: how each process says that it is there.</summary>
public sealed record NodeOptions : IValidatableObject
{
    public const string Section = "Node";

    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan BeatEvery { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Not seen for longer than this, the process counts as silent. At least two beats, so that one may be missed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.2", "01:00:00")]
    public TimeSpan SilentAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a process that is gone is remembered.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(7);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SilentAfter < 2 * BeatEvery)
            yield return new ValidationResult($"Node:SilentAfter is {SilentAfter}: it must be at least twice Node:BeatEvery ({BeatEvery}).", [nameof(SilentAfter)]);
    }
}

[OptionsValidator]
internal sealed partial class NodeOptionsValidator : IValidateOptions<NodeOptions>;
