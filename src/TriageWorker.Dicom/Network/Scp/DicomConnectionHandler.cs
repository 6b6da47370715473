using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace TriageWorker.Dicom.Network;

/// <summary>Receives associations on a Kestrel endpoint: C-ECHO, and what the <see cref="IAssociationService"/> offers each caller.</summary>
public sealed class DicomConnectionHandler : ConnectionHandler
{
    // Connections that wait for their rejection; more than that are closed at once, or the limit would limit nothing.
    private const int MostOverLimit = 64;

    private readonly DicomScpOptions _options;
    private readonly IAssociationService _service;
    private readonly TimeProvider _time;
    private readonly SharedLimits _shared;
    private readonly ConcurrentDictionary<IPAddress, int> _byPeer = new();
    private int _open;

    /// <exception cref="ArgumentException">An option is out of bounds; the message names each.</exception>
    public DicomConnectionHandler(DicomScpOptions options, IAssociationService service, TimeProvider time)
    {
        if (options.Faults() is { Count: > 0 } faults) throw new ArgumentException(string.Join("; ", faults), nameof(options));
        (_options, _service, _time) = (options, service, time);
        _shared = new SharedLimits(new MemoryBudget(options.MaxDataSetMemory), new BytesInFlight(options.MaxBytesInFlight));
    }

    internal SharedLimits Shared => _shared;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var peer = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        var open = Interlocked.Increment(ref _open);
        var ofPeer = _byPeer.AddOrUpdate(peer, 1, (_, count) => count + 1);
        try
        {
            if (open > _options.MaxAssociations + MostOverLimit)
            {
                _service.Dismissed(connection.RemoteEndPoint, $"{open} connections are open");
                return;
            }

            var isOverLimit = open > _options.MaxAssociations || ofPeer > _options.MaxAssociationsPerPeer;
            await using var scp = new ScpConnection(connection, _options, _service, _time, _shared, isOverLimit);
            await scp.RunAsync();
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            Leave(peer);
        }
    }

    /// <summary>A connection ended before it came here.</summary>
    internal void Dismiss(EndPoint? remote, string because) => _service.Dismissed(remote, because);

    private void Leave(IPAddress peer)
    {
        if (_byPeer.AddOrUpdate(peer, 0, (_, count) => count - 1) == 0) _byPeer.TryRemove(new(peer, 0));
    }
}

/// <summary>What all associations of a receiver share.</summary>
internal sealed record SharedLimits(MemoryBudget Memory, BytesInFlight InFlight);
