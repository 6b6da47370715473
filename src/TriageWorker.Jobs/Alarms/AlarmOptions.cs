using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriageWorker.Jobs;

/// <summary>Section <c>Alarms</c>: who is told when something needs an administrator. Only the role <c>jobs</c> sends.</summary>
public sealed record AlarmOptions : IValidatableObject
{
    public const string Section = "Alarms";

    /// <summary>Programs that are told over HTTP: a pager, a chat, a ticket system.</summary>
    [ValidateEnumeratedItems]
    public IList<WebhookOptions> Webhooks { get; init; } = [];

    /// <summary>People that are told by mail; without a host nobody is.</summary>
    [ValidateObjectMembers]
    public MailOptions Mail { get; init; } = new();

    /// <summary>An alarm that lasts is told again this often.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan RemindEvery { get; init; } = TimeSpan.FromHours(4);

    /// <summary>
    /// Of an alarm that comes and goes, a channel is told at most one raising and one end in this time; what still lasts after it is told.
    /// That it became critical is told at once.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan HoldDown { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>After so many attempts a notice has failed. They lie 5 seconds apart at first and 10 minutes later.</summary>
    [Range(1, 1000)]
    public int MaxAttempts { get; init; } = 20;

    /// <summary>How long a receiver may take to answer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A PEM file of the site's own certificate authorities, which receivers may have their certificates from besides the system's.</summary>
    public string? Authorities { get; init; }

    /// <summary>The address under which people open these pages, such as <c>https://triage.hospital/</c>; notices say it.</summary>
    public Uri? Link { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var twice in Webhooks.GroupBy(webhook => webhook.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Key.Length > 0 && group.Count() > 1))
            yield return new ValidationResult($"the name {twice.Key} stands {twice.Count()} times; notices are kept by the channel's name.", [nameof(Webhooks)]);
        if (Webhooks.Any(webhook => webhook.Name.Equals(MailOptions.ChannelName, StringComparison.OrdinalIgnoreCase)))
            yield return new ValidationResult($"the name {MailOptions.ChannelName} is the mail channel's; give the webhook another.", [nameof(Webhooks)]);
        if (Link is not null && !WebhookOptions.IsWeb(Link)) yield return new ValidationResult("must be an http or https address.", [nameof(Link)]);
        if (RemindEvery < HoldDown) yield return new ValidationResult($"must not be shorter than HoldDown ({HoldDown}).", [nameof(RemindEvery)]);
        if (Authorities is { Length: > 0 } file && SiteAuthorities.FaultOf(file) is { } fault) yield return new ValidationResult(fault, [nameof(Authorities)]);
    }
}

[OptionsValidator]
internal sealed partial class AlarmOptionsValidator : IValidateOptions<AlarmOptions>;
