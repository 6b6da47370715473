using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;
using TriageWorker.DicomWeb;

namespace TriageWorker.Web;

/// <summary>Where the pages are served and to whom.</summary>
public sealed record WebOptions
{
    public const string Section = "Web";

    /// <summary>The IP address to listen on. There is no login yet, so anything but loopback needs <see cref="AllowNetwork"/>.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>0 lets the operating system choose.</summary>
    [Range(0, ushort.MaxValue)]
    public int Port { get; set; } = 8080;

    /// <summary>Says that the site itself keeps strangers from an address that is not loopback (a reverse proxy with a login).</summary>
    public bool AllowNetwork { get; set; }

    /// <summary>
    /// Host names that are answered; others get 400. Empty means the names of loopback. A page that a browser fetched from
    /// elsewhere can point its own name at this machine (DNS rebinding), but cannot make the browser send one of these.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>Matches in one answer of a DICOMweb search at most; a client asks for the next ones with <c>offset</c>.</summary>
    [Range(1, SearchLimits.LargestLimit)]
    public int MostMatches { get; set; } = 1000;

    internal IPAddress Ip => IPAddress.Parse(Address);

    internal IReadOnlyList<string> Hosts => AllowedHosts.Count == 0 ? ["localhost", "127.0.0.1", "[::1]"] : AllowedHosts;
}

/// <summary>Reports every fault at once, each with its key.</summary>
internal sealed class WebOptionsValidator : IValidateOptions<WebOptions>
{
    public ValidateOptionsResult Validate(string? name, WebOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(WebOptions options)
    {
        if (!IPAddress.TryParse(options.Address, out var ip))
            yield return $"{WebOptions.Section}:{nameof(WebOptions.Address)}: {options.Address} is no IP address.";
        else if (!IPAddress.IsLoopback(ip) && !options.AllowNetwork)
            yield return $"{WebOptions.Section}:{nameof(WebOptions.Address)}: {options.Address} can be reached from the network, and these pages have no login. " +
                         $"Listen on 127.0.0.1 behind a proxy that asks for one, or set {WebOptions.Section}:{nameof(WebOptions.AllowNetwork)} to true " +
                         $"and {WebOptions.Section}:{nameof(WebOptions.AllowedHosts)} to the names they are reached by.";
        if (options.Port is < 0 or > ushort.MaxValue)
            yield return $"{WebOptions.Section}:{nameof(WebOptions.Port)}: {options.Port} is no port (0 to {ushort.MaxValue}).";
        if (options.MostMatches is < 1 or > SearchLimits.LargestLimit)
            yield return $"{WebOptions.Section}:{nameof(WebOptions.MostMatches)}: {options.MostMatches} is not between 1 and {SearchLimits.LargestLimit}.";
        if (options.AllowedHosts.Any(string.IsNullOrWhiteSpace))
            yield return $"{WebOptions.Section}:{nameof(WebOptions.AllowedHosts)}: a host has no name.";
    }
}
