using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TriageWorker.EndToEnd;

/// <summary>Takes traces as a collector does, over HTTP or gRPC, and keeps the bytes.</summary>
internal sealed class TraceCollector : IAsyncDisposable
{
    private const int GrpcPrefix = 5; // compressed flag and length, before the message
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<byte[]> _received = new();

    private TraceCollector(WebApplication server, bool grpc)
    {
        _server = server;
        server.MapPost(grpc ? "/opentelemetry.proto.collector.trace.v1.TraceService/Export" : "/v1/traces", async (HttpContext http) =>
        {
            var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            _received.Enqueue(grpc ? body.ToArray()[GrpcPrefix..] : body.ToArray());
            http.Response.ContentType = grpc ? "application/grpc" : "application/x-protobuf";
            if (!grpc) return;
            http.Response.AppendTrailer("grpc-status", "0");
            await http.Response.Body.WriteAsync(new byte[GrpcPrefix]);
        });
    }

    public string Address => _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public IReadOnlyList<byte[]> Received => [.. _received];

    public IReadOnlyList<ReceivedSpan> Spans => [.. _received.SelectMany(ReceivedSpan.Read)];

    public static async Task<TraceCollector> StartAsync(bool grpc = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var collector = new TraceCollector(builder.Build(), grpc);
        await collector._server.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();
}
