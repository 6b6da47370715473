using System.Net;
using System.Net.Sockets;

namespace TriageWorker.Store;

/// <summary>A caller that is no application entity: who stores over DICOMweb has no title, and is known by the address it comes from.</summary>
public sealed record WebCaller(IPAddress Address)
{
    private const string Prefix = "DICOMweb client ";

    /// <summary>Stands where the title of a caller stands. Longer than a title may be (16 characters), so that no application entity can take it.</summary>
    public string Name => Prefix + Address;

    /// <summary>For the file meta (0002,0026), which tells a process that adopts the file where it came from.</summary>
    public string Presentation => $"http://{new UriBuilder { Host = $"{Address}" }.Host}/";

    /// <param name="address">Of a socket; IPv4 inside IPv6 is IPv4, and which interface of this machine it came by says nothing of the caller.</param>
    public static WebCaller At(IPAddress? address) => new(
        address is null ? IPAddress.None : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address);

    /// <returns>Null when it is the title of an application entity.</returns>
    public static WebCaller? Named(string caller) =>
        caller.StartsWith(Prefix, StringComparison.Ordinal) && IPAddress.TryParse(caller.AsSpan(Prefix.Length), out var address) ? new(address) : null;

    /// <returns>Null when it is no <see cref="Presentation"/>.</returns>
    public static WebCaller? Presented(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp && IPAddress.TryParse(uri.Host.Trim('[', ']'), out var from) ? new(from) : null;
}
