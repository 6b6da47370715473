using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriageWorker.Store;

/// <summary>Section <c>Completeness</c>: how long a study is waited for at the most. The same for all processes of an installation.</summary>
public sealed record CompletenessOptions
{
    public const string Section = "Completeness";

    /// <summary>A study whose images still come after this is scored with what is there; what comes later is scored later.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan Ceiling { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>However long a caller is known to pause, its studies are waited for no longer than this. A longer silence ends a sending.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00")]
    public TimeSpan LongestIdleTime { get; init; } = TimeSpan.FromMinutes(2);
}

[OptionsValidator]
internal sealed partial class CompletenessOptionsValidator : IValidateOptions<CompletenessOptions>;
