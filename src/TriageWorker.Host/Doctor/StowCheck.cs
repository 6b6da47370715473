using System.Globalization;
using System.Net;
using TriageWorker.Delivery;
using TriageWorker.DicomWeb;

namespace TriageWorker.Host.Doctor;

/// <summary>A DICOMweb destination answers, trusts us and is trusted. What it takes it tells nobody beforehand.</summary>
/// <param name="patience">With its answer.</param>
internal sealed class StowCheck(Route route, TimeSpan patience, TimeProvider clock) : Check($"destination {route.Name}")
{
    public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
    {
        try
        {
            using var connection = StowConnection.To(route, clock, patience);
            var began = clock.GetTimestamp();
            var status = await connection.Client.ProbeStoreAsync(stop);
            var took = clock.GetElapsedTime(began);
            return StowFaults.OfProbe(status) is null
                ? [Ok(string.Create(CultureInfo.InvariantCulture, $"{connection.Client.StoreAddress} answers in {took.TotalMilliseconds:0} ms (an empty STOW-RS request: {StatusText.Of(status)})."))]
                : [Fault($"{connection.Client.StoreAddress} answered {StatusText.Of(status)}.", ToDo(status))];
        }
        catch (RouteException fault)
        {
            return [Fault(fault.Message, "Put it right in the settings, or in what they name; the account that runs this must be able to read it.")];
        }
        catch (DicomWebException fault)
        {
            return [Fault(fault.Message, fault.Fault switch
            {
                DicomWebFault.Unreachable => "Is it running, is Url right, does a firewall stand between?",
                DicomWebFault.Untrusted => "Name the authority of its certificate in CertificateAuthorityFile, and the host in Url as the certificate names it.",
                _ => "Look at its log; is it a DICOMweb service at all?",
            })];
        }
    }

    private static string ToDo(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "Have its administrator let this account store, and look at AuthorizationFile or AuthorizationVariable.",
        HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or (>= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest) => "Look at Url: it is what stands before /studies.",
        _ => "Look at its log.",
    };
}
