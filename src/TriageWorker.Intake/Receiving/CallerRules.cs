using System.Net;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom.Network;
using TriageWorker.Triage;

namespace TriageWorker.Intake;

/// <summary>How a caller's studies are treated.</summary>
/// <param name="IsIdleTimeFixed">The site has set it for this caller.</param>
public sealed record CallerTreatment(OrderClass Order, TimeSpan IdleTime, bool IsIdleTimeFixed);

/// <summary>Who may push, and what follows for their studies.</summary>
internal sealed class CallerRules(IOptions<IntakeOptions> options)
{
    private readonly IntakeOptions _options = options.Value;

    /// <summary>The reason on the wire why this caller may not push; null when it may.</summary>
    public AssociateReject? Refusal(AssociationCaller caller)
    {
        if (_options.CheckCalledAe && caller.CalledAe != _options.AeTitle.Trim()) return AssociateReject.CalledAeNotRecognised;
        if (_options.Callers.Count == 0 || _options.Callers.Any(known => IsTitle(known, caller.CallingAe) && IsAddress(known, caller.Remote))) return null;
        return AssociateReject.CallingAeNotRecognised;
    }

    /// <summary>By title alone, since a file that is adopted after a crash knows no address.</summary>
    public CallerTreatment Treatment(string callingAe)
    {
        var known = _options.Callers.FirstOrDefault(caller => IsTitle(caller, callingAe));
        return new CallerTreatment(known?.Order ?? _options.Order, known?.IdleTime ?? _options.IdleTime, known?.IdleTime is not null);
    }

    private static bool IsTitle(CallerOptions known, string title) => known.AeTitle == "*" || known.AeTitle.Trim() == title;

    private static bool IsAddress(CallerOptions known, EndPoint? remote)
    {
        if (known.Address.Length == 0) return true;
        if (remote is not IPEndPoint { Address: var address }) return false;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).Equals(IPAddress.Parse(known.Address));
    }
}
