using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TriageWorker.Intake;

/// <summary>The files of the TLS port: its own certificate with key and chain, and the authorities of its callers.</summary>
internal sealed record TlsFiles(X509Certificate2 Certificate, X509Certificate2Collection Chain, X509Certificate2Collection Authorities)
{
    /// <exception cref="CryptographicException">A file is no certificate or key, or the two do not belong together.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be.</exception>
    public static TlsFiles Read(IntakeTlsOptions options)
    {
        var (certificate, chain) = ReadOwn(options);
        var authorities = new X509Certificate2Collection();
        foreach (var file in options.Authorities) authorities.ImportFromPemFile(file);
        return new TlsFiles(certificate, chain, authorities);
    }

    /// <summary>Each fault with its key below <c>Intake:Tls</c>.</summary>
    public static IEnumerable<(string Key, string Fault)> Faults(IntakeTlsOptions options)
    {
        if (FaultOf(() => ReadOwn(options)) is { } own)
            yield return (options.Key.Length > 0 && !File.Exists(options.Key) && File.Exists(options.Certificate) ? nameof(options.Key) : nameof(options.Certificate), own);
        for (var i = 0; i < options.Authorities.Count; i++)
            if (FaultOf(() => ReadAuthority(options.Authorities[i])) is { } fault) yield return ($"{nameof(options.Authorities)}:{i}", fault);
    }

    /// <summary>Another text when one of the files has changed.</summary>
    public static string StampOf(IntakeTlsOptions options) =>
        string.Join('|', new[] { options.Certificate, options.Key }.Concat(options.Authorities).Where(file => file.Length > 0).Select(file => new FileInfo(file))
            .Select(file => file.Exists ? $"{file.LastWriteTimeUtc.Ticks}:{file.Length}" : "none"));

    private static (X509Certificate2 Certificate, X509Certificate2Collection Chain) ReadOwn(IntakeTlsOptions options)
    {
        if (Path.GetExtension(options.Certificate).ToUpperInvariant() is ".P12" or ".PFX")
        {
            var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(options.Certificate, options.KeyPassword);
            var own = all.FirstOrDefault(certificate => certificate.HasPrivateKey) ?? throw new CryptographicException("it holds no private key.");
            all.Remove(own);
            return (own, all);
        }

        var key = options.Key.Length > 0 ? options.Key : options.Certificate;
        var certificate = options.KeyPassword.Length > 0
            ? X509Certificate2.CreateFromEncryptedPemFile(options.Certificate, options.KeyPassword, key)
            : X509Certificate2.CreateFromPemFile(options.Certificate, key);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.Certificate);
        chain.RemoveAt(0);
        return (Usable(certificate), chain);
    }

    // Windows' TLS takes no key that lives in this process alone.
    private static X509Certificate2 Usable(X509Certificate2 certificate) =>
        OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null) : certificate;

    private static X509Certificate2Collection ReadAuthority(string file)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPemFile(file);
        return found.Count > 0 ? found : throw new CryptographicException("it holds no certificate in PEM.");
    }

    private static string? FaultOf<T>(Func<T> read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return fault.Message;
        }
    }
}
