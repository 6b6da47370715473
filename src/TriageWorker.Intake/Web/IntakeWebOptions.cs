using System.ComponentModel.DataAnnotations;

namespace TriageWorker.Intake;

/// <summary>
/// Section <c>Intake:DicomWeb</c>: images that come by STOW-RS, into the same way as those of associations. Who may store is said by
/// <see cref="IntakeOptions.Callers"/>, by address and certificate. Where the role web runs in the same process, its address takes them too.
/// </summary>
public sealed record IntakeWebOptions
{
    /// <summary>False: they come nowhere.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>A port of its own at <see cref="IntakeOptions.Address"/>; not given: there is none, 0 lets the operating system choose.</summary>
    [Range(0, ushort.MaxValue)]
    public int? Port { get; set; }

    /// <summary>That port speaks TLS, with certificate and authorities of <see cref="IntakeOptions.Tls"/>.</summary>
    public bool Tls { get; set; }

    /// <summary>Host names that are answered on that port, beside IP addresses, <c>localhost</c> and this machine's own.</summary>
    public IReadOnlyList<string> Hosts { get; set; } = [];

    /// <summary>What the answer says stored images are retrieved below, such as <c>https://triage/dicom-web</c>; empty: the address of the role web, where they came in there.</summary>
    public string RetrieveUrl { get; set; } = "";

    /// <summary>The longest request in bytes.</summary>
    [Range(1L << 20, 1L << 40)]
    public long MaxRequestBytes { get; set; } = 32L << 30;

    /// <summary>More requests at once are told to come back; of one address no more than <see cref="IntakeOptions.MaxAssociationsPerAddress"/>.</summary>
    [Range(1, 1000)]
    public int MaxRequests { get; set; } = 64;
}
