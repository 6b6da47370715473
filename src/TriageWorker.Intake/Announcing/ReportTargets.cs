using System.Net;
using Microsoft.Extensions.Options;

namespace TriageWorker.Intake;

/// <summary>Where a caller takes the answers to its commitment requests, when it has left without them.</summary>
internal sealed class ReportTargets(IOptions<IntakeOptions> options)
{
    /// <summary>Null when the site has not said one.</summary>
    public int? PortOf(string callingAe) => Find(callingAe)?.ReportPort;

    /// <summary>Its own address as the site has it; null when that names none, or many.</summary>
    public string? AddressOf(string callingAe) => Find(callingAe)?.Address is { } address && IPAddress.TryParse(address, out _) ? address : null;

    private CallerOptions? Find(string callingAe) =>
        options.Value.Callers.FirstOrDefault(caller => caller.ReportPort is not null && (caller.AeTitle == "*" || caller.AeTitle.Trim() == callingAe));
}
