namespace TriageWorker.Intake;

/// <summary>What is wrong with the settings of DICOMweb, each fault with its key below <c>Intake</c>.</summary>
internal static class IntakeWebFaults
{
    public static IEnumerable<string> Of(IntakeOptions options) => Found(options).Select(fault => $"{nameof(options.DicomWeb)}:{fault}");

    private static IEnumerable<string> Found(IntakeOptions options)
    {
        var (web, tls) = (options.DicomWeb, $"{IntakeOptions.Section}:{nameof(options.Tls)}");
        if (web.Port is < 0 or > ushort.MaxValue) yield return $"{nameof(web.Port)}: {web.Port} is no port (0 to {ushort.MaxValue}).";
        else if (web.Port is > 0 && (web.Port == options.Port || (options.Tls.IsOn && web.Port == options.Tls.Port))) yield return $"{nameof(web.Port)}: {web.Port} is a port for DICOM too; take another one.";
        if (web.Tls && !options.Tls.IsOn) yield return $"{nameof(web.Tls)}: there is no certificate to show; name it in {tls}:{nameof(options.Tls.Certificate)}.";
        if (web is { Port: not null, Tls: false } && options.Tls.Only) yield return $"{nameof(web.Tls)}: {tls}:{nameof(options.Tls.Only)} allows no plain port; set this to true.";
        if (web.Hosts.Any(string.IsNullOrWhiteSpace)) yield return $"{nameof(web.Hosts)}: a host has no name.";
        if (web.RetrieveUrl.Length > 0 && !(Uri.TryCreate(web.RetrieveUrl, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            yield return $"{nameof(web.RetrieveUrl)}: '{web.RetrieveUrl}' is no address that begins with http:// or https://.";
        if (web.MaxRequestBytes is < 1L << 20 or > 1L << 40) yield return $"{nameof(web.MaxRequestBytes)}: {web.MaxRequestBytes} is not within {1L << 20} to {1L << 40}.";
        if (web.MaxRequests is < 1 or > 1000) yield return $"{nameof(web.MaxRequests)}: {web.MaxRequests} is not within 1 to 1000.";
    }
}
