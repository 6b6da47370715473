namespace TriageWorker.Intake;

/// <summary>What the certificate of the TLS port says, read from its file for whoever looks before going live.</summary>
public sealed record CertificateFile(string Subject, DateTimeOffset EndsAt)
{
    /// <summary>Every fault of the files, as one sentence; null when they can be used.</summary>
    public static string? FaultOf(IntakeTlsOptions tls) =>
        TlsFiles.Faults(tls).Select(fault => $"{IntakeOptions.Section}:{nameof(IntakeOptions.Tls)}:{fault.Key}: {fault.Fault}").ToList() is { Count: > 0 } faults ? string.Join(' ', faults) : null;

    /// <exception cref="IOException">The files cannot be used; <see cref="FaultOf"/> says why.</exception>
    public static CertificateFile Read(IntakeTlsOptions tls)
    {
        var certificate = TlsFiles.Read(tls).Certificate;
        return new(certificate.Subject, new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
    }
}
