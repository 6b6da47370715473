using System.Collections.Frozen;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using TriageWorker.Host.Operations;
using TriageWorker.Intake;

namespace TriageWorker.Host.Roles;

/// <summary>What a process listens on, for people; ports that the operating system chose are told by their number.</summary>
internal static class ListeningAddresses
{
    public static IReadOnlyList<string> Of(IServiceProvider services, FrozenSet<Role> roles)
    {
        var lines = new List<string>();
        var dicom = services.GetService<IntakeEndpoint>();
        if (dicom is not null) lines.Add($"Images are received at {dicom.Address} ({dicom.AeTitle}).");
        var stow = services.GetService<IntakeWebEndpoint>();
        if (stow?.Root is { } root) lines.Add($"Images are received over DICOMweb at {root}studies");
        var door = services.GetService<SpoolDoor>();
        if (door?.Listening is { } listening) lines.Add($"Images are read by other hosts at {listening}");
        var operations = services.GetService<OperationsEndpoint>()?.Address;
        // Kestrel calls every endpoint a web address; the DICOM port is none, and the operations port has no page.
        var pages = (services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
            .Where(address => !IsAt(address, dicom?.Address) && !IsAt(address, stow?.Address) && !IsAt(address, operations) && !IsAt(address, door?.Address));
        lines.AddRange(pages.Select(page => $"The worklist is at {page}/"));
        if (operations is not null) lines.Add($"Health and metrics are at http://{operations}/ (healthz, readyz, metrics)");
        return [.. lines, $"Roles: {string.Join(", ", roles.Order()).ToLowerInvariant()}"];
    }

    private static bool IsAt(string address, IPEndPoint? endpoint) => endpoint is not null && address.EndsWith($":{endpoint.Port}", StringComparison.Ordinal);
}
