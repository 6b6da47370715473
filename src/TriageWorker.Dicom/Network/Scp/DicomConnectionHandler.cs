using System.Net;
using Microsoft.AspNetCore.Connections;

namespace TriageWorker.Dicom.Network;

/// <summary>Receives associations on a Kestrel endpoint: C-ECHO, and what the <see cref="IAssociationService"/> offers each caller.</summary>
public sealed class DicomConnectionHandler : ConnectionHandler
{
    private readonly DicomScpOptions _options;
    private readonly IAssociationService _service;
    private readonly TimeProvider _time;
    private readonly OpenConnections _open;

    /// <exception cref="ArgumentException">An option is out of bounds; the message names each.</exception>
    public DicomConnectionHandler(DicomScpOptions options, IAssociationService service, TimeProvider time)
    {
        if (options.Faults() is { Count: > 0 } faults) throw new ArgumentException(string.Join("; ", faults), nameof(options));
        (_options, _service, _time) = (options, service, time);
        _open = new OpenConnections(options.MaxAssociations, options.MaxAssociationsPerPeer);
        Shared = new SharedLimits(new MemoryBudget(options.MaxDataSetMemory), new BytesInFlight(options.MaxBytesInFlight));
    }

    internal SharedLimits Shared { get; }

    internal TimeSpan RequestTimeout => _options.RequestTimeout;

    public override Task OnConnectedAsync(ConnectionContext connection) => CountedAsync(connection, ServeAsync);

    /// <summary>Has the connection count, and goes on with it; one that is too many is closed at once.</summary>
    internal async Task CountedAsync(ConnectionContext connection, Func<ConnectionContext, OpenConnections.Place, Task> goOn)
    {
        using var place = _open.Enter(connection.RemoteEndPoint);
        if (place is null) Dismiss(connection.RemoteEndPoint, "too many connections are open");
        else await goOn(connection, place);
    }

    internal async Task ServeAsync(ConnectionContext connection, OpenConnections.Place place)
    {
        await using var scp = new ScpConnection(connection, _options, _service, _time, Shared, place);
        await scp.RunAsync();
    }

    /// <summary>A connection ended before it became an association.</summary>
    internal void Dismiss(EndPoint? remote, string because) => _service.Dismissed(remote, because);
}

/// <summary>What all associations of a receiver share.</summary>
internal sealed record SharedLimits(MemoryBudget Memory, BytesInFlight InFlight);
