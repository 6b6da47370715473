using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>DCMTK's receiver. It serves one association at a time, unless it forks for each.</summary>
public sealed class StoreScpReceiver : IReceiver
{
    private readonly StoreScp _scp;
    private readonly FolderContent _content;

    private StoreScpReceiver(string name, bool keeps, StoreScp scp) => (Name, Keeps, _scp, _content) = (name, keeps, scp, new FolderContent(scp.Folder));

    public string Name { get; }

    public bool Keeps { get; }

    public int Port => _scp.Port;

    public int ProcessId => _scp.ProcessId;

    public static async Task<StoreScpReceiver> StartAsync(string name, string folder, bool noDelay, bool forks, params string[] options)
    {
        Directory.CreateDirectory(folder);
        var environment = new Dictionary<string, string>();
        if (noDelay) environment["TCP_NODELAY"] = "1";
        var scp = await StoreScp.StartAsync(folder, [.. options, .. forks ? (string[])["--fork"] : []], environment);
        return new StoreScpReceiver(name, !options.Contains("--ignore"), scp);
    }

    public Task<int> CountAsync(CancellationToken stop) => Task.FromResult(_content.Count);

    public IAsyncEnumerable<byte[]> FilesAsync(CancellationToken stop) => _content.FilesAsync(stop);

    public Task ClearAsync(CancellationToken stop)
    {
        _content.Clear();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _scp.DisposeAsync();
}
