using System.Net;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Intake;

/// <summary>How a caller's studies are treated.</summary>
/// <param name="IsIdleTimeFixed">The site has set it for this caller.</param>
/// <param name="Name">What people call it; null: nothing but its title.</param>
/// <param name="Forward">Destinations that get its originals.</param>
public sealed record CallerTreatment(OrderClass Order, TimeSpan IdleTime, bool IsIdleTimeFixed, string? Name, IReadOnlyList<string> Forward)
{
    /// <summary>Whether it may search by C-FIND.</summary>
    public bool MayQuery { get; init; }

    /// <summary>Whom it may have images sent to by C-MOVE; <c>*</c> is whoever is known.</summary>
    public IReadOnlyList<string> MoveTo { get; init; } = [];
}

/// <summary>Why a caller may not push.</summary>
/// <param name="Reason">What it is told on the wire.</param>
/// <param name="Because">What people are told.</param>
internal sealed record CallerRefusal(AssociateReject Reason, string Because);

/// <summary>Who may push, and what follows for their studies.</summary>
internal sealed class CallerRules(IOptions<IntakeOptions> options)
{
    private readonly IntakeOptions _options = options.Value;

    /// <summary>Null when it may.</summary>
    public CallerRefusal? Refusal(AssociationCaller caller)
    {
        if (_options.CheckCalledAe && caller.CalledAe != _options.AeTitle.Trim()) return Refused(AssociateReject.CalledAeNotRecognised);
        if (WebCaller.Named(caller.CallingAe) is { } web && WebLack(web, caller) is { } amiss) return new(AssociateReject.NoReason, amiss);
        if (_options.Callers.Count == 0) return null;
        string? lack = null;
        foreach (var known in _options.Callers.Where(known => MayBe(known, caller.CallingAe)))
        {
            if (Lack(known, caller) is not { } lacks) return null;
            lack ??= lacks;
        }

        // The standard has no word for what else is wrong with a title that is known.
        return Refused(AssociateReject.CallingAeNotRecognised, lack);
    }

    /// <summary>By title alone, since a file that is adopted after a crash knows no address; a web client's is its title.</summary>
    public CallerTreatment Treatment(string callingAe) => Treatment(WebCaller.Named(callingAe) is not { } web
        ? _options.Callers.FirstOrDefault(caller => IsTitle(caller, callingAe))
        : _options.Callers.FirstOrDefault(caller => (caller.AeTitle == "*" || caller.Address.Length > 0) && CallerAddress.Covers(caller.Address, new IPEndPoint(web.Address, 0))));

    /// <summary>Of a caller that was let in: where several entries have its title, the one that let it in.</summary>
    public CallerTreatment Treatment(AssociationCaller caller) =>
        _options.Callers.FirstOrDefault(known => MayBe(known, caller.CallingAe) && Lack(known, caller) is null) is { } known ? Treatment(known) : Treatment(caller.CallingAe);

    private CallerTreatment Treatment(CallerOptions? known) =>
        new(known?.Order ?? _options.Order, known?.IdleTime ?? _options.IdleTime, known?.IdleTime is not null, known is { Name.Length: > 0 } ? known.Name : null, known?.Forward ?? [])
        {
            MayQuery = known?.Query ?? false,
            MoveTo = known?.MoveTo ?? [],
        };

    private static string? Lack(CallerOptions known, AssociationCaller caller) =>
        !CallerAddress.Covers(known.Address, caller.Remote) ? $"calls from another address than {known.Address}"
        : (known.Tls || known.NeedsCertificate) && !caller.IsSecured ? "calls without TLS"
        : CallerCertificate.Lack(known, caller.Certificate);

    private static CallerRefusal Refused(AssociateReject reason, string? lack = null) => new(reason, lack is null ? reason.Text : $"{reason.Text}; it is known, but {lack}");

    // HTTP may come in where no DICOM port is: at the address of the pages.
    private string? WebLack(WebCaller web, AssociationCaller caller) =>
        _options.Tls.Only && !caller.IsSecured ? $"calls without TLS, which {IntakeOptions.Section}:{nameof(_options.Tls)}:{nameof(_options.Tls.Only)} asks of all"
        : _options.Callers.Count == 0 && !_options.AllowAnyCaller && !IPAddress.IsLoopback(web.Address) ? $"calls from the network, and {IntakeOptions.Section}:{nameof(_options.Callers)} names nobody"
        : null;

    /// <summary>A web client has no title: an entry is its own by address or certificate, if it says one.</summary>
    private static bool MayBe(CallerOptions known, string title) =>
        WebCaller.Named(title) is null ? IsTitle(known, title) : known.AeTitle == "*" || known.Address.Length > 0 || known.NeedsCertificate;

    private static bool IsTitle(CallerOptions known, string title) => known.AeTitle == "*" || known.AeTitle.Trim() == title;
}
