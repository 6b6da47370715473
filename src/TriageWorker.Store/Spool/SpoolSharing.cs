using System.ComponentModel.DataAnnotations;
using System.Net;

namespace TriageWorker.Store;

/// <summary>Section <c>Spool:Sharing</c>: how scoring on other hosts reads the images of this host's spool, over WADO-RS.</summary>
public sealed record SpoolSharing : IValidatableObject
{
    public const string Section = "Spool:Sharing";

    private const int ShortestSecret = 16;

    /// <summary>The IP address that the receiver serves its spool at. Anything but loopback needs <see cref="Secret"/>.</summary>
    [Required]
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Its port; 0 lets the operating system choose. Not set: the spool is not served, and only hosts that have its folder can score.</summary>
    [Range(0, 65535)]
    public int? Port { get; init; }

    /// <summary>What scoring hosts are told to use instead of Address and Port, such as the name of this host or of a proxy before it.</summary>
    public Uri? Url { get; init; }

    /// <summary>
    /// A PEM file: this host's certificate, with those between it and its authority behind it. With it TLS is spoken and nothing else; without, plain HTTP. It must
    /// bear the host of <see cref="Url"/>. A renewed file is taken by itself.
    /// </summary>
    public string Certificate { get; init; } = "";

    /// <summary>Its private key, a PEM file; empty: it stands in the file of the certificate.</summary>
    public string Key { get; init; } = "";

    /// <summary>For a scoring host: a PEM file of those who may have signed other hosts' certificates, read at the start. Empty: those that the system trusts.</summary>
    public string CertificateAuthorityFile { get; init; } = "";

    /// <summary>What a scoring host must say to be answered, and says to other hosts; the same on all. At least 16 characters.</summary>
    public string? Secret { get; init; }

    /// <summary>Not heard of for this long, the node counts as away.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00")]
    public TimeSpan SilentAfter { get; init; } = TimeSpan.FromSeconds(15);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IPAddress.TryParse(Address, out var ip))
            yield return new ValidationResult($"{Address} is no IP address.", [nameof(Address)]);
        else if (Port is not null && !IPAddress.IsLoopback(ip) && string.IsNullOrEmpty(Secret))
            yield return new ValidationResult($"{Address} can be reached from the network, and whoever reaches it could read every image: set {Section}:{nameof(Secret)}, the same on all hosts.", [nameof(Secret)]);
        else if (Port is not null && Url is null && (IPAddress.Any.Equals(ip) || IPAddress.IPv6Any.Equals(ip)))
            yield return new ValidationResult($"{Address} is no address that other hosts could use: set {Section}:{nameof(Url)} to one.", [nameof(Url)]);
        if (Secret is { Length: > 0 and < ShortestSecret })
            yield return new ValidationResult($"The secret is shorter than {ShortestSecret} characters.", [nameof(Secret)]);
        if (Secret is not null && Secret.Any(letter => letter is < '!' or > '~'))
            yield return new ValidationResult("The secret may have only visible ASCII characters: it stands in a header.", [nameof(Secret)]);
        if (Url is not null && (!Url.IsAbsoluteUri || Url.Scheme is not ("http" or "https")))
            yield return new ValidationResult($"{Url} must be http://… or https://….", [nameof(Url)]);
        else if (Url is { Scheme: "http" } && Certificate.Length > 0)
            yield return new ValidationResult($"{Url} must be https://…: with {Section}:{nameof(Certificate)} TLS is spoken.", [nameof(Url)]);
        foreach (var (key, fault) in SharingFiles.Faults(this)) yield return new ValidationResult(fault, [key]);
    }
}
