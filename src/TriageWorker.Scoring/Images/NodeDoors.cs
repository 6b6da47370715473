using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom.Network;
using TriageWorker.DicomWeb;
using TriageWorker.Store;

namespace TriageWorker.Scoring;

/// <summary>The way to each node that holds images.</summary>
public sealed class NodeDoors(IOptions<ScoringRoleOptions> role, IOptions<SpoolOptions> spool, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentDictionary<(Guid Node, Uri Address), DicomWebClient> _clients = [];

    private readonly SocketsHttpHandler _connections = new()
    {
        AllowAutoRedirect = false, // the secret is for this address
        UseProxy = false,
        SslOptions = DicomTls.ClientOptions("", SharingFiles.ReadAuthorities(spool.Value.Sharing)), // each connection asks for the name in its address
        ConnectTimeout = role.Value.Nodes.LongestPause,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // names may come to mean other addresses
    };

    [SuppressMessage("Reliability", "CA2000", Justification = "A client owns nothing but the shared connections, which end with this object.")]
    public DicomWebClient Of(Guid node, Uri address) => _clients.GetOrAdd((node, address), at => new DicomWebClient(
        new HttpClient(new Door(at.Node.ToString(), spool.Value.Sharing.Secret) { InnerHandler = _connections }, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan },
        at.Address, role.Value.Nodes.LongestPause, clock));

    public void Dispose() => _connections.Dispose();

    /// <summary>Says who is meant and what both know, and takes an answer only from the node itself: what a proxy says of it is no news of its files.</summary>
    private sealed class Door(string node, string? secret) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Add(NodeHeaders.Node, node);
            if (!string.IsNullOrEmpty(secret)) request.Headers.Add(NodeHeaders.Secret, secret);
            var answer = await base.SendAsync(request, cancellationToken);
            if (answer.Headers.TryGetValues(NodeHeaders.Node, out var names) && names.Contains(node)) return answer;
            var said = $"{(int)answer.StatusCode} {answer.ReasonPhrase}".TrimEnd();
            answer.Dispose();
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"{said} came from something else than node {node}: a proxy before it, or another node at its address (Spool:Sharing:Url).");
        }
    }
}
