using TriageWorker.Dicom.Network;

namespace TriageWorker.Intake;

/// <summary>What is wrong with the settings of the TLS port, each fault with its key below <c>Intake</c>. The files are read: what cannot be used is said before anybody calls.</summary>
internal static class IntakeTlsFaults
{
    private static readonly TimeSpan ShortestWarning = TimeSpan.FromDays(1), LongestWarning = TimeSpan.FromDays(365);

    public static IEnumerable<string> Of(IntakeOptions options) => Found(options).Select(fault => $"{nameof(options.Tls)}:{fault}");

    private static IEnumerable<string> Found(IntakeOptions options)
    {
        var tls = options.Tls;
        if (tls.Port is < 0 or > ushort.MaxValue) yield return $"{nameof(tls.Port)}: {tls.Port} is no port (0 to {ushort.MaxValue}).";
        if (tls.WarnBefore < ShortestWarning || tls.WarnBefore > LongestWarning) yield return $"{nameof(tls.WarnBefore)}: {tls.WarnBefore} is not within {ShortestWarning} to {LongestWarning}.";
        if (!tls.IsOn)
        {
            if (tls.Only) yield return $"{nameof(tls.Certificate)}: no port would be open at all; name the certificate of the TLS port, or set {nameof(tls.Only)} to false.";
            yield break;
        }

        if (!tls.Only && tls.Port == options.Port && tls.Port != 0) yield return $"{nameof(tls.Port)}: {tls.Port} is the plain port too; take another one, or set {nameof(tls.Only)} to true.";
        foreach (var (key, fault) in TlsFiles.Faults(tls)) yield return $"{key}: {fault}";
        if (tls.Clients != ClientCertificates.NotAsked && tls.Authorities.Count == 0 && options.Callers.All(caller => caller.CertificateSha256.Length == 0))
            yield return $"{nameof(tls.Authorities)}: callers are asked for certificates, but nobody is named whose word counts; name PEM files of authorities here, or certificates in {nameof(options.Callers)}:n:{nameof(CallerOptions.CertificateSha256)}.";
    }
}
