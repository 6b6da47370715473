using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace TriageWorker.Host.Operations;

/// <summary>Section <c>Operations</c>: where this process, whatever its roles, tells how it is: <c>/healthz</c>, <c>/readyz</c>, <c>/metrics</c>.</summary>
public sealed record OperationsOptions : IValidatableObject
{
    public const string Section = "Operations";

    /// <summary>Where it is looked for when no port is set, and how many ports are tried from there on.</summary>
    public const int UsualPort = 8081, PortsTried = 20;

    /// <summary>The IP address to listen on. Anything but loopback needs <see cref="AllowNetwork"/>.</summary>
    [Required]
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>
    /// Exactly this port; 0 lets the operating system choose. Not set: 8081, or the next that is free, so that several processes
    /// run on one machine. Each says at its start which it took; set it for each where something scrapes them.
    /// </summary>
    [Range(0, 65535)]
    public int? Port { get; init; }

    /// <summary>Says that only the site's own probes reach an address that is not loopback. Nothing of patients is told here, but no login is asked for either.</summary>
    public bool AllowNetwork { get; init; }

    internal IPAddress Ip => IPAddress.Parse(Address);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IPAddress.TryParse(Address, out var ip))
            yield return new ValidationResult($"{Address} is no IP address.", [nameof(Address)]);
        else if (!IPAddress.IsLoopback(ip) && !AllowNetwork)
            yield return new ValidationResult($"{Address} can be reached from the network, and nobody is asked for a login. Where only the site's own probes reach it, set {Section}:{nameof(AllowNetwork)} to true.", [nameof(Address)]);
    }
}

[OptionsValidator]
internal sealed partial class OperationsOptionsValidator : IValidateOptions<OperationsOptions>;
