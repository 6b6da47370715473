using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using TriageWorker.Store;

namespace TriageWorker.Delivery;

public enum RouteKind
{
    /// <summary>C-STORE to a PACS.</summary>
    Dicom,

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

    private static IEnumerable<string> FaultsOf(Route route, int index)
    {
        if (route.Kind != RouteKind.Dicom) yield break;
        var key = $"Destinations:{index}";
        if (route.Host.Length == 0) yield return $"{key}:Host: say the host name or address of {route.Name}.";
        if (!AeTitle().IsMatch(route.CalledAe)) yield return $"{key}:CalledAe: \"{route.CalledAe}\" is no AE title (1 to 16 characters).";
        if (route.CallingAe.Length > 0 && !AeTitle().IsMatch(route.CallingAe))
            yield return $"{key}:CallingAe: \"{route.CallingAe}\" is no AE title (1 to 16 characters).";
    }

    [GeneratedRegex(DeliveryOptions.AeTitle)]
    private static partial Regex AeTitle();
}
