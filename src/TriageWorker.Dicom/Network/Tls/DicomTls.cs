using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace TriageWorker.Dicom.Network;

/// <summary>Whether the caller has to show a certificate.</summary>
public enum ClientCertificates
{
    NotAsked,
    /// <summary>One that is shown must be trusted; none is fine.</summary>
    Welcome,
    Required,
}

/// <summary>TLS as the BCP 195 RFC 8996, 9325 profile has it (PS3.15, B.12 and B.13): TLS 1.2 and 1.3, forward secrecy, authenticated encryption, no renegotiation.</summary>
public static class DicomTls
{
    /// <summary>RFC 9325, 4.2, and the three suites of TLS 1.3.</summary>
    public static IReadOnlyList<TlsCipherSuite> CipherSuites { get; } =
    [
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    ];

#pragma warning disable CA5398 // the profile names the versions; what the system would choose is not the profile
    private const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <param name="certificate">With its private key.</param>
    /// <param name="trusted">Who may sign a caller's certificate; empty asks the system.</param>
    public static SslServerAuthenticationOptions ServerOptions(
        X509Certificate2 certificate, ClientCertificates clients = ClientCertificates.NotAsked, X509Certificate2Collection? trusted = null) => new()
        {
            ServerCertificate = certificate,
            EnabledSslProtocols = Protocols,
            CipherSuitesPolicy = Suites(),
            AllowRenegotiation = false,
            ClientCertificateRequired = clients != ClientCertificates.NotAsked,
            CertificateChainPolicy = Chain(trusted),
            RemoteCertificateValidationCallback = clients switch
            {
                ClientCertificates.NotAsked => null,
                ClientCertificates.Welcome => (_, shown, _, errors) => shown is null || errors == SslPolicyErrors.None,
                _ => (_, shown, _, errors) => shown is not null && errors == SslPolicyErrors.None,
            },
        };

    /// <param name="host">The name that the peer's certificate must bear.</param>
    /// <param name="trusted">Who may sign it; empty asks the system.</param>
    /// <param name="certificate">This side's own, with its private key, for a peer that asks.</param>
    public static SslClientAuthenticationOptions ClientOptions(string host, X509Certificate2Collection? trusted = null, X509Certificate2? certificate = null) => new()
    {
        TargetHost = host,
        EnabledSslProtocols = Protocols,
        CipherSuitesPolicy = Suites(),
        AllowRenegotiation = false,
        ClientCertificates = certificate is null ? null : [certificate],
        CertificateChainPolicy = Chain(trusted),
    };
#pragma warning restore CA5398

    // Windows takes its suites from the machine's policy.
    private static CipherSuitesPolicy? Suites() => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() ? new CipherSuitesPolicy(CipherSuites) : null;

    private static X509ChainPolicy? Chain(X509Certificate2Collection? trusted)
    {
        if (trusted is not { Count: > 0 }) return null;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(trusted);
        return policy;
    }
}
