using System.Net;
using TriageWorker.Dicom.Network;
using TriageWorker.Intake;
using TriageWorker.Store;
using TriageWorker.Web;

namespace TriageWorker.Host.Doctor;

/// <summary>Whether it is the product that listens on a port.</summary>
/// <param name="patience">With each of its answers.</param>
internal sealed class OwnListeners(DatabaseDoor door, IntakeOptions intake, WebOptions web, TimeSpan patience)
{
    private const string CallingAe = "TRIAGE-DOCTOR";

    /// <summary>It says our implementation's UID; one that refuses this caller is ours if a process with that role lives on this machine.</summary>
    public async Task<bool> IsIntakeAsync(CancellationToken stop)
    {
        try
        {
            await using var association = await DicomAssociation.RequestAsync(new AssociationRequest
            {
                Host = Reachable(IPAddress.Parse(intake.Address)), Port = intake.Port, CalledAe = intake.AeTitle.Trim(), CallingAe = CallingAe,
                ConnectTimeout = patience, AssociateTimeout = patience,
            }, stop);
            await association.ReleaseAsync(stop);
            return association.Accept.User.ImplementationClassUid == Implementation.ClassUid;
        }
        catch (DicomNetworkException refused)
        {
            return refused.Fault == NetworkFault.Rejected && await LivesHereAsync("intake", stop);
        }
    }

    /// <summary>It takes connections, and a process that listens lives on this machine: an association would need a certificate that it trusts.</summary>
    public Task<bool> IsSecuredIntakeAsync(CancellationToken stop) => LivesHereAsync("intake", stop);

    /// <summary>It answers where our pages say that they are well.</summary>
    public async Task<bool> IsWebAsync(CancellationToken stop)
    {
        using var client = new HttpClient { Timeout = patience };
        using var question = new HttpRequestMessage(HttpMethod.Get, $"http://{Bracketed(Reachable(IPAddress.Parse(web.Address)))}:{web.Port}/healthz");
        if (web.AllowedHosts.Count > 0) question.Headers.Host = web.AllowedHosts[0];
        try
        {
            using var answer = await client.SendAsync(question, stop);
            return answer.IsSuccessStatusCode && answer.Headers.TryGetValues("Content-Security-Policy", out _);
        }
        catch (Exception other) when (other is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> LivesHereAsync(string role, CancellationToken stop) => await door.TryOpenLaidAsync() is { } database
        && (await new NodeStore(database, NodeName.OfThisProcess).SeenAsync(TimeSpan.FromHours(1), stop))
            .Any(node => node.State == NodeState.Live && node.Host == Environment.MachineName && node.Roles.Contains(role));

    // What listens on all addresses is asked at loopback.
    private static string Reachable(IPAddress address) =>
        (address.Equals(IPAddress.Any) ? IPAddress.Loopback : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address).ToString();

    private static string Bracketed(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
}
