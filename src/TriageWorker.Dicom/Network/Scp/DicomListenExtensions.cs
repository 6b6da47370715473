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
        if (tls is not null) listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls) });
        listen.Run(handler.OnConnectedAsync);
        return listen;
    }
}
