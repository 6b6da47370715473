using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TriageWorker.Testing;

/// <summary>Signs certificates for loopback, for as long as the tests run.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), Until = new(2049, 12, 31, 0, 0, 0, TimeSpan.Zero);
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1"), ClientAuthentication = new("1.3.6.1.5.5.7.3.2"); // RFC 5280, 4.2.1.12

    public CertificateAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        Certificate = request.CreateSelfSigned(From, Until);
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>Itself, as what to trust.</summary>
    public X509Certificate2Collection Trusted => [Certificate];

    /// <summary>A certificate with its key, for a server on loopback and for a client.</summary>
    public X509Certificate2 Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = Sign(new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256));
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>The same with an RSA key, which old peers need.</summary>
    public X509Certificate2 IssueRsa(string name)
    {
        using var key = RSA.Create(2048);
        using var issued = Sign(new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>Writes the authority's own certificate.</summary>
    public string Write(string path)
    {
        File.WriteAllText(path, Certificate.ExportCertificatePem());
        return path;
    }

    /// <summary>Writes key and certificate, as DCMTK's <c>--enable-tls</c> wants them.</summary>
    public static (string Key, string Certificate) Write(X509Certificate2 certificate, string path)
    {
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey();
        File.WriteAllText(path + ".key", key!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(path + ".crt", certificate.ExportCertificatePem());
        return (path + ".key", path + ".crt");
    }

    public void Dispose() => Certificate.Dispose();

    private X509Certificate2 Sign(CertificateRequest request)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerAuthentication, ClientAuthentication], critical: false));
        using var key = Certificate.GetECDsaPrivateKey()!;
        return request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(key), From, Until, RandomNumberGenerator.GetBytes(12));
    }
}
