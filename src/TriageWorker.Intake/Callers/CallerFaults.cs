using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>What is wrong with the settings of a caller, each fault with its key below the caller's.</summary>
internal static class CallerFaults
{
    /// <param name="destinations">The names that settings know.</param>
    /// <param name="targets">The AE titles that settings know an address of.</param>
    public static IEnumerable<string> Of(CallerOptions caller, IntakeTlsOptions tls, IReadOnlyList<string> destinations, IReadOnlyCollection<string> targets)
    {
        if (caller.AeTitle != "*" && !IntakeOptionsValidator.IsAeTitle(caller.AeTitle)) yield return $"{nameof(caller.AeTitle)}: '{caller.AeTitle}' is no application entity title, nor *.";
        if (caller.Name.Length > 64) yield return $"{nameof(caller.Name)}: it has {caller.Name.Length} characters, 64 are the most.";
        if (CallerAddress.FaultOf(caller.Address) is { } address) yield return $"{nameof(caller.Address)}: {address}";
        if (caller.IdleTime is { } idle && !IntakeOptionsValidator.IsIdle(idle)) yield return $"{nameof(caller.IdleTime)}: {idle} is not within 00:00:00.1 to {IntakeOptionsValidator.LongestIdle}.";
        if (caller.ReportPort is < 1 or > ushort.MaxValue) yield return $"{nameof(caller.ReportPort)}: {caller.ReportPort} is no port (1 to {ushort.MaxValue}).";
        foreach (var fault in OfSecurity(caller, tls)) yield return fault;
        for (var i = 0; i < caller.MoveTo.Count; i++)
            if (caller.MoveTo[i] != "*" && !targets.Contains(caller.MoveTo[i].Trim()))
                yield return $"{nameof(caller.MoveTo)}:{i}: nobody is known as {caller.MoveTo[i]}; say where that is in {IntakeOptions.Section}:{nameof(IntakeOptions.Query)}:{nameof(IntakeQueryOptions.Destinations)}, or write * for whoever is known.";
        for (var i = 0; i < caller.Forward.Count; i++)
        {
            if (caller.Forward[i] == DestinationOptions.OwnStore) yield return $"{nameof(caller.Forward)}:{i}: {DestinationOptions.OwnStore} is this product's own store, which has the originals already.";
            else if (!destinations.Contains(caller.Forward[i])) yield return $"{nameof(caller.Forward)}:{i}: {caller.Forward[i]} is none of the Destinations{(destinations.Count == 0 ? ", of which none is named" : $" ({string.Join(", ", destinations)})")}.";
        }
    }

    private static IEnumerable<string> OfSecurity(CallerOptions caller, IntakeTlsOptions tls)
    {
        const string key = $"{IntakeOptions.Section}:{nameof(IntakeOptions.Tls)}";
        if (!tls.IsOn && (caller.Tls || caller.NeedsCertificate)) yield return $"{nameof(caller.Tls)}: there is no port for TLS; name its certificate in {key}:{nameof(tls.Certificate)}.";
        else if (caller.NeedsCertificate && tls.Clients == Dicom.Network.ClientCertificates.NotAsked)
            yield return $"{nameof(caller.CertificateSha256)}: callers are not asked for certificates; set {key}:{nameof(tls.Clients)} to Welcome or Required.";
        if (caller.CertificateSha256.Length > 0 && !CallerCertificate.IsDigest(caller.CertificateSha256))
            yield return $"{nameof(caller.CertificateSha256)}: '{caller.CertificateSha256}' is no SHA-256 digest of 64 hexadecimal digits; openssl x509 -noout -fingerprint -sha256 -in FILE prints it.";
        foreach (var (name, value) in new[] { (nameof(caller.CertificateSubject), caller.CertificateSubject), (nameof(caller.CertificateIssuer), caller.CertificateIssuer) })
        {
            if (value.Length == 0) continue;
            if (!CallerCertificate.IsName(value)) yield return $"{name}: '{value}' is no distinguished name such as CN=ct2, O=Hospital.";
            if (tls.Authorities.Count == 0) yield return $"{name}: anybody can write a name into a certificate; say in {key}:{nameof(tls.Authorities)} whose word counts, or give the certificate's digest instead.";
        }
    }
}
