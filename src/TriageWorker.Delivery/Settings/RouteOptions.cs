using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using TriageWorker.Store;

namespace TriageWorker.Delivery;

public enum RouteKind
{
    /// <summary>C-STORE to a PACS.</summary>
    Dicom,

    /// <summary>STOW-RS to a DICOMweb service.</summary>
    Stow,

    /// <summary>Into our own spool.</summary>
    OwnStore,
}

/// <summary>How to reach one of the <c>Destinations</c>; which documents go there is <see cref="PlannedDestination"/>'s, in the same section.</summary>
public sealed record Route
{
    [Required, RegularExpression("^[A-Za-z0-9._-]{1,64}$")]
    public string Name { get; init; } = "";

    public RouteKind Kind { get; init; } = RouteKind.Dicom;

    /// <summary>Whether results of a demonstration model may go there.</summary>
    public bool Demonstration { get; init; }

    /// <summary>False: it gets originals only (<c>Intake:Callers:n:Forward</c>), no result.</summary>
    public bool Results { get; init; } = true;

    /// <summary>Which documents of a verdict; empty: the structured report.</summary>
    public IList<DocumentKind> Documents { get; init; } = [];

    public string Host { get; init; } = "";

    [Range(1, ushort.MaxValue)]
    public int Port { get; init; } = 104;

    /// <summary>The destination's AE title.</summary>
    public string CalledAe { get; init; } = "";

    /// <summary>Our AE title there; empty: <see cref="DeliveryOptions.CallingAe"/>.</summary>
    public string CallingAe { get; init; } = "";

    /// <summary>A DICOMweb service, what stands before <c>/studies</c>: http or https.</summary>
    public Uri? Url { get; init; }

    /// <summary>A file whose content is the value of the Authorization header, such as <c>Bearer …</c>; read anew for each document. Empty: none.</summary>
    public string AuthorizationFile { get; init; } = "";

    /// <summary>An environment variable with that value instead. Empty: none.</summary>
    public string AuthorizationVariable { get; init; } = "";

    /// <summary>A PEM file of the authorities that may have signed the service's certificate; empty: those that the system trusts.</summary>
    public string CertificateAuthorityFile { get; init; } = "";
}

/// <summary>The routes, bound to the root's <c>Destinations</c> as <see cref="DestinationOptions"/> is.</summary>
public sealed record RouteOptions
{
    [ValidateEnumeratedItems]
    public IList<Route> Destinations { get; init; } = [];

    public Route? Find(string name) => Destinations.FirstOrDefault(route => route.Name == name);
}

[OptionsValidator]
internal sealed partial class RouteAttributesValidator : IValidateOptions<RouteOptions>;

/// <summary>What attributes cannot say; every fault at once, each with its key.</summary>
internal sealed partial class RouteOptionsValidator : IValidateOptions<RouteOptions>
{
    public ValidateOptionsResult Validate(string? name, RouteOptions options)
    {
        var faults = options.Destinations.SelectMany(FaultsOf).ToList();
        foreach (var twice in options.Destinations.GroupBy(route => route.Name).Where(group => group.Count() > 1))
            faults.Add($"Destinations: the name {twice.Key} stands {twice.Count()} times.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> FaultsOf(Route route, int index) => route.Kind switch
    {
        RouteKind.Dicom => FaultsOfDicom(route, $"Destinations:{index}"),
        RouteKind.Stow => FaultsOfStow(route, $"Destinations:{index}"),
        _ => [],
    };

    private static IEnumerable<string> FaultsOfStow(Route route, string key)
    {
        if (route.Url is not { IsAbsoluteUri: true, Scheme: "http" or "https", Host.Length: > 0 } url)
        {
            yield return $"{key}:Url: say the http or https address of {route.Name}'s DICOMweb service, what stands before /studies.";
            yield break;
        }

        // Addresses are logged and shown.
        if (url.UserInfo.Length > 0) yield return $"{key}:Url: it holds credentials; put them into AuthorizationFile or AuthorizationVariable.";
        if (url.Query.Length > 0 || url.Fragment.Length > 0) yield return $"{key}:Url: it ends before any ? or #.";
        var hasAuthorization = route.AuthorizationFile.Length > 0 || route.AuthorizationVariable.Length > 0;
        if (route.AuthorizationFile.Length > 0 && route.AuthorizationVariable.Length > 0) yield return $"{key}:AuthorizationVariable: AuthorizationFile is set already; keep one of them.";
        if (hasAuthorization && url.Scheme == "http" && !url.IsLoopback) yield return $"{key}:Url: credentials would go over the network in the open; use https.";
        if (route.CertificateAuthorityFile.Length > 0 && url.Scheme == "http") yield return $"{key}:CertificateAuthorityFile: it has no meaning for http; use https.";
    }

    private static IEnumerable<string> FaultsOfDicom(Route route, string key)
    {
        if (route.Host.Length == 0) yield return $"{key}:Host: say the host name or address of {route.Name}.";
        if (!AeTitle().IsMatch(route.CalledAe)) yield return $"{key}:CalledAe: \"{route.CalledAe}\" is no AE title (1 to 16 characters).";
        if (route.CallingAe.Length > 0 && !AeTitle().IsMatch(route.CallingAe))
            yield return $"{key}:CallingAe: \"{route.CallingAe}\" is no AE title (1 to 16 characters).";
    }

    [GeneratedRegex(DeliveryOptions.AeTitle)]
    private static partial Regex AeTitle();
}
