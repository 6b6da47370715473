using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace TriageWorker.Dicom.Network;

/// <summary>A DICOM port on Kestrel.</summary>
public static class DicomListenExtensions
{
    /// <summary>Has the endpoint speak DICOM.</summary>
    public static ListenOptions UseDicom(this ListenOptions listen, DicomConnectionHandler handler)
    {
        listen.Run(handler.OnConnectedAsync);
        return listen;
    }

    /// <summary>Has the endpoint speak DICOM over TLS (<see cref="DicomTls.ServerOptions"/>).</summary>
    /// <param name="tls">Asked for each connection, so that a certificate can be renewed. It throws nothing.</param>
    /// <remarks>It needs <c>UseKestrelHttpsConfiguration</c> where the host was built with <c>UseKestrelCore</c>.</remarks>
    public static ListenOptions UseDicom(this ListenOptions listen, DicomConnectionHandler handler, Func<SslServerAuthenticationOptions> tls)
    {
        // A connection counts from before its handshake, or those that never finish one would be in no limit. Kestrel hangs up on a failed
        // one without a word to anybody; whoever has to find out why a modality cannot send needs one.
        listen.Use(next => connection => handler.CountedAsync(connection, async (connection, place) =>
        {
            var handshake = new Handshake(place);
            connection.Features.Set(handshake);
            await next(connection);
            if (!handshake.IsDone) handler.Dismiss(connection.RemoteEndPoint, "the TLS handshake failed");
        }));
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls()), HandshakeTimeout = handler.RequestTimeout });
        listen.Run(connection =>
        {
            var handshake = connection.Features.GetRequiredFeature<Handshake>();
            handshake.IsDone = true;
            return handler.ServeAsync(connection, handshake.Place);
        });
        return listen;
    }

    private sealed class Handshake(OpenConnections.Place place)
    {
        public OpenConnections.Place Place => place;

        public bool IsDone { get; set; }
    }
}
