using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using TriageWorker.Store;

namespace TriageWorker.Jobs;

/// <summary>One of <c>Alarms:Webhooks</c>.</summary>
public sealed partial record WebhookOptions : IValidatableObject
{
    internal const string SecretPrefix = "whsec_"; // as the Standard Webhooks specification writes secrets

    /// <summary>Names the channel where notices are shown.</summary>
    [Required, RegularExpression("^[A-Za-z0-9._-]{1,64}$")]
    public string Name { get; init; } = "";

    /// <summary>Where notices are posted to: http or https.</summary>
    [Required]
    public Uri? Url { get; init; }

    /// <summary>
    /// Shared with the receiver: base64 of 24 to 64 bytes, <c>whsec_</c> before it or not (<c>openssl rand -base64 32</c>). Each notice is then
    /// signed by HMAC-SHA256 as the Standard Webhooks specification says. Empty: not signed.
    /// </summary>
    public string Secret { get; init; } = "";

    /// <summary>Sent along, such as <c>Authorization</c>.</summary>
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>Alarms below it are not told here.</summary>
    public AlarmSeverity MinimumSeverity { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Url is not null && !IsWeb(Url)) yield return new ValidationResult("must be an http or https address.", [nameof(Url)]);
        if (Secret.Length > 0 && Key is null) yield return new ValidationResult("must be base64 of 24 to 64 bytes; openssl rand -base64 32 makes one.", [nameof(Secret)]);
        foreach (var (name, value) in Headers)
        {
            if (!HeaderName().IsMatch(name) || Reserved().IsMatch(name)) yield return new ValidationResult($"{name} is no header that can be set here.", [nameof(Headers)]);
            if (value.Any(char.IsControl)) yield return new ValidationResult($"the value of {name} holds a control character.", [nameof(Headers)]);
        }
    }

    internal byte[]? Key
    {
        get
        {
            var text = Secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? Secret[SecretPrefix.Length..] : Secret;
            var key = new byte[text.Length];
            return Convert.TryFromBase64String(text, key, out var length) && length is >= 24 and <= 64 ? key[..length] : null;
        }
    }

    internal static bool IsWeb(Uri address) => address is { IsAbsoluteUri: true, Scheme: "http" or "https", Host.Length: > 0 };

    [GeneratedRegex("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")] // RFC 9110, 5.6.2
    private static partial Regex HeaderName();

    [GeneratedRegex("^(webhook-.*|content-.*|host|transfer-encoding|connection)$", RegexOptions.IgnoreCase)]
    private static partial Regex Reserved();
}
