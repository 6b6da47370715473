using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TriageWorker.Intake;

/// <summary>What a caller's certificate is compared with. That somebody trusted has signed it was seen in the handshake.</summary>
internal static class CallerCertificate
{
    private const int Digits = 64;

    public static bool IsDigest(string text) => Plain(text) is { Length: Digits } digits && digits.All(char.IsAsciiHexDigit);

    public static bool IsName(string text)
    {
        try
        {
            return new X500DistinguishedName(text).Name.Length > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public static bool Has(X509Certificate2 shown, string digest) => string.Equals(Plain(digest), shown.GetCertHashString(HashAlgorithmName.SHA256), StringComparison.OrdinalIgnoreCase);

    /// <summary>What the certificate lacks of what is asked of it, as a clause; null when nothing.</summary>
    public static string? Lack(CallerOptions known, X509Certificate2? shown)
    {
        if (!known.NeedsCertificate) return null;
        if (shown is null) return "showed no certificate";
        if (known.CertificateSha256.Length > 0 && !Has(shown, known.CertificateSha256)) return $"showed another certificate (SHA-256 {shown.GetCertHashString(HashAlgorithmName.SHA256)})";
        if (known.CertificateSubject.Length > 0 && !AreSame(known.CertificateSubject, shown.SubjectName)) return $"showed a certificate of {shown.Subject}";
        if (known.CertificateIssuer.Length > 0 && !AreSame(known.CertificateIssuer, shown.IssuerName)) return $"showed a certificate issued by {shown.Issuer}";
        return null;
    }

    // RFC 5280, 7.1: without regard to case. Encodings of the same text differ, so the bytes cannot be compared.
    private static bool AreSame(string said, X500DistinguishedName shown) => string.Equals(new X500DistinguishedName(said).Name, shown.Name, StringComparison.OrdinalIgnoreCase);

    private static string Plain(string digest) => digest.Replace(":", "", StringComparison.Ordinal).Trim();
}
