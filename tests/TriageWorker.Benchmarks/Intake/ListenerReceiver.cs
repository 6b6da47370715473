using System.Globalization;
using Npgsql;
using TriageWorker.Benchmarks.Dicom;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Intake;

/// <summary>The product's intake role as a site runs it: a process of its own, a PostgreSQL behind it, a spool on disk.</summary>
public sealed class ListenerReceiver : IReceiver
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly RoleProcess _process;
    private readonly NpgsqlDataSource _source;
    private readonly string _spool;

    private ListenerReceiver(string name, RoleProcess process, NpgsqlDataSource source, int port, string spool) =>
        (Name, _process, _source, Port, _spool) = (name, process, source, port, spool);

    public string Name { get; }

    public int Port { get; }

    public int ProcessId => _process.Id;

    public bool Keeps => true;

    /// <summary>The most memory it held, in MB.</summary>
    public double PeakMegabytes => ProcessFigures.PeakMegabytes(ProcessId);

    public static async Task<ListenerReceiver> StartAsync(string name, string spool, string connectionString)
    {
        var port = Loopback.FreePort();
        var process = new RoleProcess(name, "intake", new Dictionary<string, string>
        {
            ["Database:ConnectionString"] = connectionString, ["Database:MaxConnections"] = "10", ["Spool:Folder"] = spool, ["Operations:Port"] = "0",
            ["Intake:Port"] = port.ToString(CultureInfo.InvariantCulture), ["Audit:HeadFile"] = Path.Combine(spool, "audit-heads.jsonl"), ["Log:Level"] = "Warning",
        });
        await process.StartAsync();
        return new ListenerReceiver(name, process, NpgsqlDataSource.Create(connectionString), port, spool);
    }

    public async Task<int> CountAsync(CancellationToken stop) => (int)await AskAsync("select count(*) from instance", [], stop);

    /// <summary>Returns when so many images of these studies have their rows.</summary>
    public async Task IndexedAsync(IReadOnlyList<string> studies, int images, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Look);
        while (await AskAsync("select coalesce(sum(images), 0)::bigint from study where study_uid = any($1)", [studies.ToArray()], stop) < images) await timer.WaitForNextTickAsync(stop);
    }

    public async IAsyncEnumerable<byte[]> FilesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        foreach (var file in Files()) yield return await File.ReadAllBytesAsync(file, stop);
    }

    /// <summary>Removes the files, and all rows of what it received.</summary>
    public async Task ClearAsync(CancellationToken stop)
    {
        await using (var connection = await _source.OpenConnectionAsync(stop)) await connection.ExecuteAsync("truncate study, association cascade", [], stop);
        ClearFiles();
    }

    /// <summary>Removes the files alone, for a database that is to stay full.</summary>
    public void ClearFiles()
    {
        foreach (var file in Files()) File.Delete(file);
    }

    /// <summary>A power cut of this process alone.</summary>
    public Task KillAsync() => _process.KillAsync();

    public Task StartAgainAsync() => _process.StartAsync();

    /// <summary>The path in the spool of each of these images that has exactly one row.</summary>
    public async Task<Dictionary<string, string>> PathsAsync(IReadOnlyCollection<string> sops, CancellationToken stop)
    {
        await using var connection = await _source.OpenConnectionAsync(stop);
        return (await connection.ListAsync("select sop_uid, min(path) from instance where sop_uid = any($1) group by sop_uid having count(*) = 1", [sops.ToArray()],
            row => (Sop: row.GetString(0), Path: Path.Combine(_spool, row.GetString(1))), stop)).ToDictionary(row => row.Sop, row => row.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync();
        await _process.DisposeAsync();
        await _source.DisposeAsync();
        if (Directory.Exists(_spool)) Directory.Delete(_spool, recursive: true);
    }

    private IEnumerable<string> Files() => Directory.EnumerateFiles(Path.Combine(_spool, "objects"), "*.dcm", SearchOption.AllDirectories);

    private async Task<long> AskAsync(string sql, object?[] values, CancellationToken stop)
    {
        await using var connection = await _source.OpenConnectionAsync(stop);
        return await connection.FirstAsync(sql, values, row => row.GetInt64(0), stop);
    }
}
