using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TriageWorker.Jobs;

/// <summary>Certificates of receivers are good when the system says so, or when the site's own authorities stand behind them.</summary>
internal sealed class SiteAuthorities
{
    private readonly X509Certificate2Collection _own = [];

    public SiteAuthorities(string? file)
    {
        if (!string.IsNullOrEmpty(file)) _own.ImportFromPemFile(file);
    }

    /// <summary>Null when the file can be used.</summary>
    public static string? FaultOf(string file)
    {
        try
        {
            return new SiteAuthorities(file)._own.Count > 0 ? null : $"{file} holds no certificate in PEM.";
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return $"{file} cannot be used: {unusable.Message}";
        }
    }

    public bool IsGood(X509Certificate? certificate, X509Chain? met, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 server || _own.Count == 0) return false;
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.AddRange(_own);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // RFC 5280, 4.2.1.12: server authentication
        foreach (var element in met?.ChainElements ?? Enumerable.Empty<X509ChainElement>()) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(server);
    }
}
