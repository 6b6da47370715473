namespace TriageWorker.Testing;

/// <summary>DCMTK's archive (dcmqrscp): takes objects, is queried, and sends them to whom it knows.</summary>
public sealed class ArchiveScp : IAsyncDisposable
{
    /// <summary>What it is called.</summary>
    public const string Ae = "ARCHIVE";

    private readonly DcmtkServer _server;

    private ArchiveScp(DcmtkServer server) => _server = server;

    public int Port => _server.Port;

    /// <param name="folder">Where it keeps its configuration, its index and its objects.</param>
    /// <param name="destinations">AE titles and the ports of loopback where they are; they alone may send and query.</param>
    /// <param name="arguments">Further options.</param>
    public static async Task<ArchiveScp> StartAsync(string folder, IReadOnlyDictionary<string, int> destinations, params string[] arguments)
    {
        var port = Loopback.FreePort();
        var objects = Directory.CreateDirectory(Path.Combine(folder, "objects")).FullName;
        var configuration = Path.Combine(folder, "dcmqrscp.cfg");
        await File.WriteAllTextAsync(configuration, $"""
            NetworkTCPPort = {port}
            MaxPDUSize = 131072
            MaxAssociations = 16
            HostTable BEGIN
            {string.Join('\n', destinations.Select((destination, i) => $"peer{i} = ({destination.Key}, 127.0.0.1, {destination.Value})"))}
            peers = {string.Join(", ", destinations.Select((_, i) => $"peer{i}"))}
            HostTable END
            VendorTable BEGIN
            VendorTable END
            AETable BEGIN
            {Ae} {objects} RW (100, 64mb) peers
            AETable END

            """);
        // By address, since what the loopback is called differs from machine to machine. DCMTK 3.6.7 crashes after its first association with --single-process.
        return new ArchiveScp(await DcmtkServer.StartAsync("dcmqrscp", port, ["--disable-host-lookup", "-c", configuration, .. arguments]));
    }

    /// <inheritdoc cref="DcmtkServer.StopAsync"/>
    public Task<string> StopAsync() => _server.StopAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
