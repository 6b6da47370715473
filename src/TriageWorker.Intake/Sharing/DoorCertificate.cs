using System.Net.Security;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>
/// What the spool's door shows to those who speak TLS. Its files are looked at for each connection: a renewed certificate needs no restart,
/// and one that is half written leaves the old one standing.
/// </summary>
public sealed partial class DoorCertificate(IOptions<SpoolOptions> options, ILogger<DoorCertificate> log)
{
    private readonly Lock _gate = new();
    private readonly SpoolSharing _sharing = options.Value.Sharing;
    private SslServerAuthenticationOptions? _options;
    private string _stamp = "";

    public bool IsOn => _sharing.Certificate.Length > 0;

    public SslServerAuthenticationOptions Options()
    {
        lock (_gate)
        {
            var stamp = SharingFiles.StampOf(_sharing);
            if (_options is not null && _stamp == stamp) return _options;
            var isRenewed = _options is not null;
            try
            {
                _options = Read();
                if (isRenewed) LogRenewed();
            }
            catch (Exception fault) when (isRenewed && SharingFiles.IsFault(fault))
            {
                LogUnfit(fault.Message);
            }

            _stamp = stamp;
            return _options!;
        }
    }

    private SslServerAuthenticationOptions Read()
    {
        var (certificate, chain) = SharingFiles.ReadCertificate(_sharing);
        var made = DicomTls.ServerOptions(certificate);
        made.ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        return made;
    }

    [LoggerMessage(1022, LogLevel.Information, "The certificate of Spool:Sharing was read anew")]
    private partial void LogRenewed();

    [LoggerMessage(1023, LogLevel.Error, "The files of Spool:Sharing:Certificate have changed and cannot be used; the certificate from before stays in use: {Because}")]
    private partial void LogUnfit(string because);
}
