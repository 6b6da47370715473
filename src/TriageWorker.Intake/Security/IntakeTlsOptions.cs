using System.ComponentModel.DataAnnotations;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Intake;

/// <summary>Section <c>Intake:Tls</c>: a port for callers that speak TLS, in the profile of PS3.15, B.12 (<see cref="DicomTls"/>).</summary>
public sealed record IntakeTlsOptions
{
    /// <summary>2762 is the port that is registered for DICOM over TLS; 0 lets the operating system choose.</summary>
    [Range(0, ushort.MaxValue)]
    public int Port { get; set; } = 2762;

    /// <summary>
    /// This listener's certificate: a PEM file, with those between it and its authority behind it, or a PKCS #12 file (.p12, .pfx). Empty: there
    /// is no port for TLS. A renewed file is taken by itself, from the next connection on.
    /// </summary>
    public string Certificate { get; set; } = "";

    /// <summary>Its private key, a PEM file; empty: it stands in the file of the certificate.</summary>
    public string Key { get; set; } = "";

    /// <summary>What the key, or the PKCS #12 file, is encrypted with.</summary>
    public string KeyPassword { get; set; } = "";

    /// <summary>No plain port is opened.</summary>
    public bool Only { get; set; }

    /// <summary>Whether callers must show a certificate.</summary>
    public ClientCertificates Clients { get; set; } = ClientCertificates.NotAsked;

    /// <summary>PEM files of those who may sign callers' certificates.</summary>
    public IReadOnlyList<string> Authorities { get; set; } = [];

    /// <summary>How long before its end the certificate is warned of.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "365.00:00:00")]
    public TimeSpan WarnBefore { get; set; } = TimeSpan.FromDays(30);

    public bool IsOn => Certificate.Length > 0;
}
