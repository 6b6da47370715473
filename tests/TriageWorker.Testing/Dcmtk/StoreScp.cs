namespace TriageWorker.Testing;

/// <summary>DCMTK's receiver on a free port of loopback, keeping what it is sent in a folder.</summary>
public sealed class StoreScp : IAsyncDisposable
{
    private readonly DcmtkServer _server;

    private StoreScp(DcmtkServer server, string folder) => (_server, Folder) = (server, folder);

    public int Port => _server.Port;

    public string Folder { get; }

    public int ProcessId => _server.ProcessId;

    /// <summary>It keeps the bytes as they came (<c>+B</c>).</summary>
    /// <param name="arguments">Further options, such as <c>--prefer-lossless</c> or <c>--refuse</c>.</param>
    public static Task<StoreScp> StartAsync(string folder, params string[] arguments) => StartAsync(folder, Loopback.FreePort(), arguments);

    /// <inheritdoc cref="StartAsync(string, string[])"/>
    public static async Task<StoreScp> StartAsync(string folder, int port, params string[] arguments) =>
        new(await DcmtkServer.StartAsync("storescp", port, ["-od", folder, "+B", .. arguments]), folder);

    /// <summary>With exactly these options.</summary>
    public static async Task<StoreScp> StartAsync(string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        new(await DcmtkServer.StartAsync("storescp", Loopback.FreePort(), ["-od", folder, .. arguments], environment), folder);

    /// <inheritdoc cref="DcmtkServer.StopAsync"/>
    public Task<string> StopAsync() => _server.StopAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
