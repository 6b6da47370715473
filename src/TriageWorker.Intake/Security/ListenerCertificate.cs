using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Intake;

/// <summary>
/// What the TLS port shows and asks for. Its files are looked at for each connection: a renewed certificate needs no restart, and one that
/// is half written leaves the old one standing.
/// </summary>
internal sealed partial class ListenerCertificate(IOptions<IntakeOptions> options, TimeProvider clock, ILogger<ListenerCertificate> log)
{
    private readonly Lock _gate = new();
    private readonly IntakeTlsOptions _tls = options.Value.Tls;
    private Held? _held;

    /// <summary>When the certificate ends; null where there is no TLS port.</summary>
    public DateTimeOffset? EndsAt => _tls.IsOn ? Now().EndsAt : null;

    public TimeSpan WarnBefore => _tls.WarnBefore;

    /// <summary>Why the files as they are now are not used, but what they were before; null when all is well.</summary>
    public string? Trouble => _tls.IsOn ? Now().Trouble : null;

    public SslServerAuthenticationOptions Options => Now().Options;

    private Held Now()
    {
        lock (_gate)
        {
            var stamp = TlsFiles.StampOf(_tls);
            if (_held is null) return _held = Make(stamp);
            if (_held.Stamp == stamp) return _held;
            try
            {
                _held = Make(stamp);
                LogRenewed(_held.EndsAt);
            }
            catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                _held = _held with { Stamp = stamp, Trouble = fault.Message };
                LogUnfit(fault.Message);
            }

            return _held;
        }
    }

    private Held Make(string stamp)
    {
        var files = TlsFiles.Read(_tls);
        var made = DicomTls.ServerOptions(files.Certificate, _tls.Clients, files.Authorities);
        made.ServerCertificateContext = SslStreamCertificateContext.Create(files.Certificate, files.Chain, offline: true);
        if (made.RemoteCertificateValidationCallback is { } trusts)
            made.RemoteCertificateValidationCallback = (sender, shown, chain, errors) =>
                // Without named authorities nobody's word counts, also not that of those whom the system trusts.
                ((shown is null || files.Authorities.Count > 0) && trusts(sender, shown, chain, errors)) || (shown is X509Certificate2 certificate && IsNamed(certificate));
        return new Held(stamp, made, new DateTimeOffset(files.Certificate.NotAfter.ToUniversalTime()), null);
    }

    private bool IsNamed(X509Certificate2 shown) =>
        clock.GetUtcNow() is var now && now >= shown.NotBefore.ToUniversalTime() && now <= shown.NotAfter.ToUniversalTime()
        && options.Value.Callers.Any(caller => caller.CertificateSha256.Length > 0 && CallerCertificate.Has(shown, caller.CertificateSha256));

    private sealed record Held(string Stamp, SslServerAuthenticationOptions Options, DateTimeOffset EndsAt, string? Trouble);

    [LoggerMessage(1030, LogLevel.Information, "The certificate of the TLS port was read anew; it ends {EndsAt:u}")]
    private partial void LogRenewed(DateTimeOffset endsAt);

    [LoggerMessage(1031, LogLevel.Error, "The files of the TLS port have changed and cannot be used; the certificate from before stays in use: {Because}")]
    private partial void LogUnfit(string because);
}
