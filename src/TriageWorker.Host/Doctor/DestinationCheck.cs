using System.Globalization;
using TriageWorker.Delivery;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Host.Doctor;

/// <summary>A destination answers, lets us in, and takes what would be sent to it.</summary>
/// <param name="patience">With each of its answers.</param>
internal sealed class DestinationCheck(Route route, DeliveryOptions delivery, TimeSpan patience, TimeProvider clock) : Check($"destination {route.Name}")
{
    private const string Syntax = DicomUid.ExplicitVRLittleEndian;

    public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
    {
        if (route.Kind == RouteKind.OwnStore) return [Ok("Results stay here, in our own store.")];
        var place = $"{route.CalledAe} at {route.Host}:{route.Port}";
        try
        {
            var began = clock.GetTimestamp();
            await using var association = await DicomAssociation.RequestAsync(Request(), stop);
            var echo = association.Accepts(DicomUid.Verification, DicomUid.ImplicitVRLittleEndian) ? (await association.EchoAsync(stop)).ToString() : "no C-ECHO is taken";
            var took = clock.GetElapsedTime(began);
            var taken = Offered.Where(sopClass => association.Accepts(sopClass, Syntax)).ToArray();
            await association.ReleaseAsync(stop);
            var answer = string.Create(CultureInfo.InvariantCulture, $"{place} answers in {took.TotalMilliseconds:0} ms (C-ECHO: {echo}) and takes {(taken.Length == 0 ? "nothing that we send" : string.Join(", ", taken.Select(NameOf)))}.");
            return [.. Lacking(taken) is [] ? [Ok(answer)] : Lacking(taken).Select(lack => Fault($"{answer} {lack}", $"Have {route.CalledAe} accept it from {OurAe}, in Explicit VR Little Endian."))];
        }
        catch (DicomNetworkException fault)
        {
            return [Fault($"{place}: {fault.Message}", fault.Fault switch
            {
                NetworkFault.Unreachable => "Is it running, are Host and Port right, does a firewall stand between?",
                NetworkFault.Rejected => $"Have its administrator let {OurAe} of this machine in, and look at CalledAe.",
                _ => "Look at its log; is it a DICOM receiver at all?",
            })];
        }
    }

    private string OurAe => route.CallingAe.Length > 0 ? route.CallingAe : delivery.CallingAe;

    private static IReadOnlyList<string> Offered => [.. SrDocument.SopClasses, DicomUid.BasicTextSRStorage];

    private bool WantsReports => route.Documents.Count == 0 || route.Documents.Contains(DocumentKind.Sr);

    private List<string> Lacking(string[] taken)
    {
        var lacking = new List<string>();
        if (!route.Results) return lacking; // what originals are is known when they come
        if (WantsReports && !taken.Intersect(SrDocument.SopClasses).Any()) lacking.Add("It takes no structured report.");
        // Whatever documents it wants: that a study was not analysed is always said in plain text.
        if (!taken.Contains(DicomUid.BasicTextSRStorage)) lacking.Add("It takes no Basic Text SR, so it would never hear that a study was not analysed.");
        return lacking;
    }

    private AssociationRequest Request() => new()
    {
        Host = route.Host,
        Port = route.Port,
        CalledAe = route.CalledAe,
        CallingAe = OurAe,
        Contexts = AssociationRequest.ForObjects([(DicomUid.Verification, DicomUid.ImplicitVRLittleEndian), .. Offered.Select(sopClass => (sopClass, Syntax))]),
        ConnectTimeout = patience,
        AssociateTimeout = patience,
        ResponseTimeout = patience,
        Time = clock,
    };

    private static string NameOf(string sopClass) => DicomUid.Find(sopClass)?.Name ?? sopClass;
}
