namespace TriageWorker.Testing;

/// <summary>DCMTK's modality worklist (wlmscpfs): answers queries from files in a folder.</summary>
public sealed class WorklistScp : IAsyncDisposable
{
    /// <summary>What it is called: the folder that it looks into.</summary>
    public const string Ae = "WORKLIST";

    private readonly DcmtkServer _server;

    private WorklistScp(DcmtkServer server) => _server = server;

    public int Port => _server.Port;

    /// <summary>Makes the folder that it answers from; its entries are files <c>*.wl</c>.</summary>
    public static string EntriesIn(string folder)
    {
        var entries = Directory.CreateDirectory(Path.Combine(folder, Ae)).FullName;
        File.WriteAllBytes(Path.Combine(entries, "lockfile"), []); // without it, it answers nobody
        return entries;
    }

    /// <param name="folder">The one given to <see cref="EntriesIn"/>.</param>
    /// <param name="arguments">Further options.</param>
    public static async Task<WorklistScp> StartAsync(string folder, params string[] arguments) => new(await DcmtkServer.StartAsync(
        "wlmscpfs", Loopback.FreePort(), ["--single-process", "--disable-host-lookup", "--keep-char-set", "--data-files-path", folder, .. arguments]));

    /// <inheritdoc cref="DcmtkServer.StopAsync"/>
    public Task<string> StopAsync() => _server.StopAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
