using System.ComponentModel.DataAnnotations;
using TriageWorker.Triage;

namespace TriageWorker.Intake;

/// <summary>One caller, how it is known, and how its studies are treated. What is not said is not asked for.</summary>
public sealed record CallerOptions
{
    /// <summary>What people call it: "CT 2, emergency". Empty: its title.</summary>
    [StringLength(64)]
    public string Name { get; set; } = "";

    /// <summary>Its application entity title; <c>*</c> is any.</summary>
    [RegularExpression(@"^[ -\[\]-~]{1,16}$")]
    public string AeTitle { get; set; } = "*";

    /// <summary>Its IP address, or a network that it is in (<c>10.1.2.0/24</c>); empty is any.</summary>
    public string Address { get; set; } = "";

    /// <summary>It may call over TLS only.</summary>
    public bool Tls { get; set; }

    /// <summary>
    /// The SHA-256 digest of the certificate that it must show, in hexadecimal digits, with or without colons. One that is named so may be
    /// signed by anybody, also by itself, as long as it is within its dates.
    /// </summary>
    public string CertificateSha256 { get; set; } = "";

    /// <summary>The subject of the certificate that it must show, under one of <see cref="IntakeTlsOptions.Authorities"/>: <c>CN=ct2, O=Hospital</c>.</summary>
    public string CertificateSubject { get; set; } = "";

    /// <summary>Who must have issued that certificate, where the authorities sign for others too.</summary>
    public string CertificateIssuer { get; set; } = "";

    /// <summary>In place of <see cref="IntakeOptions.IdleTime"/>.</summary>
    public TimeSpan? IdleTime { get; set; }

    /// <summary>In place of <see cref="IntakeOptions.Order"/>.</summary>
    public OrderClass? Order { get; set; }

    /// <summary>Names of <c>Destinations</c> that get each original of it as it came, once its study is complete.</summary>
    public IReadOnlyList<string> Forward { get; set; } = [];

    /// <summary>Where it takes the answer to a commitment request that it has left without; not given: nowhere.</summary>
    [Range(1, ushort.MaxValue)]
    public int? ReportPort { get; set; }

    /// <summary>It may search the spool by C-FIND.</summary>
    public bool Query { get; set; }

    /// <summary>AE titles that it may have images sent to by C-MOVE; <c>*</c> is whoever is known. Empty: it may not.</summary>
    public IReadOnlyList<string> MoveTo { get; set; } = [];

    /// <summary>It is known by a certificate too.</summary>
    public bool NeedsCertificate => CertificateSha256.Length + CertificateSubject.Length + CertificateIssuer.Length > 0;
}
