using System.ComponentModel.DataAnnotations;
using System.Net;
using MimeKit;
using TriageWorker.Store;

namespace TriageWorker.Jobs;

/// <summary>How the way to the mail server is protected.</summary>
public enum MailSecurity
{
    /// <summary>Plain first, then TLS by STARTTLS; without it nothing is sent. The usual way at port 587.</summary>
    StartTls,

    /// <summary>TLS from the first byte, as at port 465.</summary>
    Tls,

    /// <summary>Not at all: for a server on this machine, or a network that the site itself keeps closed.</summary>
    None,
}

/// <summary>Section <c>Alarms:Mail</c>.</summary>
public sealed record MailOptions : IValidatableObject
{
    /// <summary>What notices call this channel.</summary>
    public const string ChannelName = "mail";

    /// <summary>The site's mail server. Empty: no mail is sent.</summary>
    public string Host { get; init; } = "";

    [Range(1, ushort.MaxValue)]
    public int Port { get; init; } = 587;

    public MailSecurity Security { get; init; }

    /// <summary>Empty: the server takes mail from here without a login.</summary>
    public string User { get; init; } = "";

    public string Password { get; init; } = "";

    /// <summary>The sender, as <c>triage@hospital.example</c> or <c>TriageWorker &lt;triage@hospital.example&gt;</c>.</summary>
    public string From { get; init; } = "";

    /// <summary>The receivers.</summary>
    public IList<string> To { get; init; } = [];

    /// <summary>Alarms below it are not told here.</summary>
    public AlarmSeverity MinimumSeverity { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Host.Length == 0)
        {
            if (From.Length > 0 || To.Count > 0) yield return new ValidationResult("names no mail server, so no mail would be sent.", [nameof(Host)]);
            yield break;
        }

        if (Uri.CheckHostName(Host) == UriHostNameType.Unknown) yield return new ValidationResult($"'{Host}' is no host name or address.", [nameof(Host)]);
        if (!IsAddress(From)) yield return new ValidationResult($"'{From}' is no mail address.", [nameof(From)]);
        if (To.Count == 0) yield return new ValidationResult("names nobody.", [nameof(To)]);
        foreach (var address in To.Where(address => !IsAddress(address))) yield return new ValidationResult($"'{address}' is no mail address.", [nameof(To)]);
        if (User.Length == 0 != (Password.Length == 0)) yield return new ValidationResult("and Password go together: set both or none.", [nameof(User)]);
        if (User.Length > 0 && Security == MailSecurity.None && !IsLoopback)
            yield return new ValidationResult($"None would send the password readable by the network: use {MailSecurity.StartTls} or {MailSecurity.Tls}.", [nameof(Security)]);
    }

    private bool IsLoopback => Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(Host, out var ip) && IPAddress.IsLoopback(ip));

    private static bool IsAddress(string text) => MailboxAddress.TryParse(text, out var address) && address.Address.Contains('@', StringComparison.Ordinal);
}
