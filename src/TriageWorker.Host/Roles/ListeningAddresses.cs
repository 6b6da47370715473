using System.Collections.Frozen;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
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
        // Kestrel calls every endpoint a web address; the DICOM port is none.
        var pages = (services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
            .Where(address => dicom is null || !address.EndsWith($":{dicom.Address.Port}", StringComparison.Ordinal));
        lines.AddRange(pages.Select(page => $"The worklist is at {page}/"));
        return [.. lines, $"Roles: {string.Join(", ", roles.Order()).ToLowerInvariant()}"];
    }
}
