using Microsoft.AspNetCore.Connections;

namespace TriageWorker.Dicom.Network;

/// <summary>Receives associations on a Kestrel endpoint: C-ECHO and C-STORE, objects streamed to an <see cref="IStorageService"/>.</summary>
public sealed class DicomConnectionHandler(DicomScpOptions options, IStorageService service, TimeProvider time) : ConnectionHandler
{
    private int _open;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var isOverLimit = Interlocked.Increment(ref _open) > options.MaxAssociations;
        try
        {
            await using var scp = new ScpConnection(connection, options, service, time, isOverLimit);
            await scp.RunAsync();
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
