using Microsoft.Extensions.Options;

namespace TriageWorker.Store;

/// <summary>Section <c>Site</c>: what is one for the whole installation, whichever roles run where.</summary>
public sealed record SiteOptions
{
    public const string Section = "Site";

    /// <summary>What people call this installation; alarms that leave it say so.</summary>
    public string Name { get; init; } = "";

    /// <summary>
    /// An IANA name. Pages show it, and documents take it for images that do not say theirs. Empty: the machine's, and documents
    /// do not say one.
    /// </summary>
    public string TimeZone { get; init; } = "";

    /// <summary>Null when none was said.</summary>
    public TimeZoneInfo? Zone => TimeZone.Length == 0 ? null : TimeZoneInfo.FindSystemTimeZoneById(TimeZone);
}

internal sealed class SiteOptionsValidator : IValidateOptions<SiteOptions>
{
    public ValidateOptionsResult Validate(string? name, SiteOptions options) =>
        options.TimeZone.Length == 0 || TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{SiteOptions.Section}:{nameof(SiteOptions.TimeZone)}: "
                + $"{options.TimeZone} is not known here; use an IANA name such as Europe/Berlin.");
}
