using System.Runtime.CompilerServices;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>Orthanc, which also indexes what it keeps in SQLite; it does not sync its files either.</summary>
public sealed class OrthancReceiver : IReceiver
{
    private readonly OrthancFixture _orthanc;
    private readonly string _studyUid;

    private OrthancReceiver(string name, OrthancFixture orthanc, string studyUid) => (Name, _orthanc, _studyUid) = (name, orthanc, studyUid);

    public string Name { get; }

    public bool Keeps => true;

    public int Port => _orthanc.DicomPort;

    public int ProcessId => _orthanc.ProcessId;

    /// <param name="studyUid">Of all that it will be sent.</param>
    /// <param name="syncs">Whether it syncs what it keeps; null leaves that to it.</param>
    public static async Task<OrthancReceiver> StartAsync(string name, string studyUid, bool noDelay, bool? syncs = null)
    {
        var orthanc = new OrthancFixture { Options = syncs is { } said ? new Dictionary<string, object> { ["SyncStorageArea"] = said } : [] };
        if (noDelay) orthanc.Environment["TCP_NODELAY"] = "1";
        await orthanc.InitializeAsync();
        return new OrthancReceiver(name, orthanc, studyUid);
    }

    public Task<int> CountAsync(CancellationToken stop) => _orthanc.CountAsync(stop);

    public async IAsyncEnumerable<byte[]> FilesAsync([EnumeratorCancellation] CancellationToken stop)
    {
        foreach (var file in await _orthanc.FilesAsync(_studyUid)) yield return file;
    }

    public Task ClearAsync(CancellationToken stop) => _orthanc.ClearAsync(stop);

    public ValueTask DisposeAsync() => _orthanc.DisposeAsync();
}
