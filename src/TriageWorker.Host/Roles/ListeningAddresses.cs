using System.Collections.Frozen;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace TriageWorker.Host.Roles;

/// <summary>What a process listens on, for people.</summary>
internal static class ListeningAddresses
{
    public static IReadOnlyList<string> Of(IServiceProvider services, FrozenSet<Role> roles)
    {
        var addresses = services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        return [.. addresses.Select(address => $"Listening on {address}"), $"Roles: {string.Join(", ", roles.Order()).ToLowerInvariant()}"];
    }
}
