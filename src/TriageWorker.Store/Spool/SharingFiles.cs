using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TriageWorker.Store;

/// <summary>The files that <see cref="SpoolSharing"/> names for TLS, in PEM.</summary>
public static class SharingFiles
{
    /// <summary>The certificate with its key, and those between it and its authority.</summary>
    /// <exception cref="CryptographicException">A file is no certificate or key.</exception>
    /// <exception cref="ArgumentException">The two do not belong together.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be.</exception>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Chain) ReadCertificate(SpoolSharing sharing)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(sharing.Certificate);
        if (chain.Count > 0) chain.RemoveAt(0);
        return (X509Certificate2.CreateFromPemFile(sharing.Certificate, sharing.Key.Length > 0 ? sharing.Key : sharing.Certificate), chain);
    }

    /// <summary>Null: those that the system trusts.</summary>
    /// <inheritdoc cref="ReadCertificate"/>
    public static X509Certificate2Collection? ReadAuthorities(SpoolSharing sharing)
    {
        if (sharing.CertificateAuthorityFile.Length == 0) return null;
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(sharing.CertificateAuthorityFile);
        return authorities.Count > 0 ? authorities : throw new CryptographicException($"{sharing.CertificateAuthorityFile} holds no certificate in PEM.");
    }

    /// <summary>Another text when the certificate or its key has changed.</summary>
    public static string StampOf(SpoolSharing sharing) =>
        string.Join('|', new[] { sharing.Certificate, sharing.Key }.Where(file => file.Length > 0).Select(file => new FileInfo(file))
            .Select(file => file.Exists ? $"{file.LastWriteTimeUtc.Ticks}:{file.Length}" : "none"));

    /// <summary>Each file that cannot be used, with its key below <c>Spool:Sharing</c>.</summary>
    public static IEnumerable<(string Key, string Fault)> Faults(SpoolSharing sharing)
    {
        if (sharing.Certificate.Length > 0 && FaultOf(() => ReadCertificate(sharing)) is { } own) yield return (nameof(sharing.Certificate), $"{sharing.Certificate} cannot be used: {own}");
        if (FaultOf(() => ReadAuthorities(sharing)) is { } authorities) yield return (nameof(sharing.CertificateAuthorityFile), $"{sharing.CertificateAuthorityFile} cannot be used: {authorities}");
    }

    public static bool IsFault(Exception fault) => fault is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException; // the last of a key that is another certificate's

    private static string? FaultOf<T>(Func<T> read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception fault) when (IsFault(fault))
        {
            return fault.Message;
        }
    }
}
