using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>The receiver on a real Kestrel endpoint of loopback.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _host;

    private Receiver(WebApplication host, MemoryStorage storage, int port) => (_host, Storage, Port) = (host, storage, port);

    public MemoryStorage Storage { get; }

    public int Port { get; }

    /// <param name="tls">Has callers speak TLS.</param>
    /// <param name="onAccept">Sees each socket before the receiver does.</param>
    /// <param name="service">Whom callers meet instead of <see cref="Storage"/>.</param>
    public static async Task<Receiver> StartAsync(
        DicomScpOptions? options = null, TimeProvider? time = null, SslServerAuthenticationOptions? tls = null, Action<Socket>? onAccept = null,
        IAssociationService? service = null)
    {
        var storage = new MemoryStorage();
        var handler = new DicomConnectionHandler(options ?? new DicomScpOptions(), service ?? storage, time ?? TimeProvider.System);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Use(next => connection =>
                {
                    onAccept?.Invoke(connection.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket);
                    return next(connection);
                });
                if (tls is null) listen.UseDicom(handler);
                else listen.UseDicom(handler, () => tls);
            }));
        var host = builder.Build();
        await host.StartAsync();
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new Receiver(host, storage, new Uri(address).Port);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
