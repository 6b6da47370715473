using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace TriageWorker.Dicom.Network;

/// <summary>A DICOM port on Kestrel.</summary>
public static class DicomListenExtensions
{
    /// <summary>Has the endpoint speak DICOM, over TLS when <paramref name="tls"/> is given (<see cref="DicomTls.ServerOptions"/>).</summary>
    /// <remarks>TLS needs <c>UseKestrelHttpsConfiguration</c> where the host was built with <c>UseKestrelCore</c>.</remarks>
    public static ListenOptions UseDicom(this ListenOptions listen, DicomConnectionHandler handler, SslServerAuthenticationOptions? tls = null)
    {
        if (tls is null)
        {
            listen.Run(handler.OnConnectedAsync);
            return listen;
        }

        // Kestrel hangs up on a failed handshake without a word to anybody; whoever has to find out why a modality cannot send needs one.
        listen.Use(next => async connection =>
        {
            await next(connection);
            if (connection.Features.Get<Secured>() is null) handler.Dismiss(connection.RemoteEndPoint, "the TLS handshake failed");
        });
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls) });
        listen.Run(connection =>
        {
            connection.Features.Set(new Secured());
            return handler.OnConnectedAsync(connection);
        });
        return listen;
    }

    private sealed class Secured;
}
