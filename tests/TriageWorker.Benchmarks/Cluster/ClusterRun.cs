using System.Diagnostics;
using System.Globalization;
using Npgsql;
using TriageWorker.Benchmarks.Pipeline;
using TriageWorker.Dicom.Network;
using TriageWorker.Host.Sending;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Cluster;

/// <summary>One database, one spool, a listener with the jobs, and so many workers, each a process of the product.</summary>
internal sealed class ClusterRun(ClusterServers servers, string package, string folder, int count) : IAsyncDisposable
{
    private const string StatCaller = "STAT";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100), Deadline = TimeSpan.FromMinutes(15);
    private readonly int _port = Loopback.FreePort();
    private readonly List<RoleProcess> _processes = [];
    private NpgsqlDataSource? _source;

    /// <summary>The routine studies come first and wait; the stat ones come one by one while the workers are busy with those.</summary>
    public async Task<ClusterFigures> MeasureAsync(IReadOnlyList<PipelineStudy> routine, IReadOnlyList<PipelineStudy> stat, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(Deadline);
        var connectionString = await servers.Database.CreateDatabaseAsync();
        _source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await _source.OpenConnectionAsync(deadline.Token);
        var settings = Settings(connectionString);
        await StartAsync("listener", "intake,jobs", settings);
        await SendRoutineAsync(routine, deadline.Token);
        await UntilAsync(connection, "select count(*) from work where stage = 'scoring'", routine.Count, deadline.Token);

        double database = Cpu(servers.Database.ProcessId), broker = Cpu(servers.Broker.ProcessId);
        await Task.WhenAll(Enumerable.Range(1, count).Select(number => StartAsync($"worker {number}", "scoring,delivery", settings)));
        var workers = _processes.Skip(1).ToList();
        var running = await NowAsync(connection, deadline.Token);
        var before = workers.Sum(worker => Cpu(worker.Id));
        await SendStatAsync(connection, stat, routine.Count, deadline.Token);
        await UntilAsync(connection,
            "select count(*) from decision d where not exists (select 1 from delivery where decision_id = d.id and state = 'due')",
            routine.Count + stat.Count, deadline.Token);

        var scored = await ScoredStudy.AllAsync(connection, deadline.Token);
        var measured = scored.Where(study => study.CommittedAt > running).ToList();
        var total = (double)scored.Count;
        return new ClusterFigures(
            measured.Count / (measured.Max(study => study.CommittedAt) - running).TotalSeconds,
            [.. scored.Where(study => study.Stat).Select(study => study.WaitSeconds)],
            ScoredStudy.MostOvertaken([.. scored.Where(study => !study.Stat)]),
            (Cpu(servers.Database.ProcessId) - database) / total,
            (Cpu(servers.Broker.ProcessId) - broker) / total,
            (workers.Sum(worker => Cpu(worker.Id)) - before) / measured.Count);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.AsEnumerable().Reverse())
        {
            await process.StopAsync();
            await process.DisposeAsync();
        }

        if (_source is not null) await _source.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private Dictionary<string, string> Settings(string connectionString) => new()
    {
        ["Database:ConnectionString"] = connectionString,
        ["Database:MaxConnections"] = "15",
        ["Bus:Transport"] = "RabbitMq",
        ["Bus:Uri"] = servers.Broker.Uri.ToString(),
        ["Spool:Folder"] = Path.Combine(folder, "spool"),
        ["Intake:Port"] = _port.ToString(CultureInfo.InvariantCulture),
        ["Intake:IdleTime"] = "00:00:01",
        ["Intake:Callers:0:AeTitle"] = StatCaller,
        ["Intake:Callers:0:Order"] = "Stat",
        ["Intake:Callers:0:IdleTime"] = "00:00:00.1",
        ["Intake:Callers:1:AeTitle"] = "*",
        ["Scoring:Packages:0:Folder"] = package,
        ["Scoring:ModelThreads"] = "1",
        ["Scoring:ImagingThreads"] = "1",
        ["Audit:HeadFile"] = Path.Combine(folder, "audit-heads.jsonl"),
        ["Operations:Port"] = "0",
        ["Log:Level"] = "Warning",
    };

    private async Task StartAsync(string name, string roles, Dictionary<string, string> settings)
    {
        var process = new RoleProcess(name, roles, settings);
        lock (_processes) _processes.Add(process);
        await process.StartAsync();
    }

    private async Task SendRoutineAsync(IReadOnlyList<PipelineStudy> studies, CancellationToken stop)
    {
        // Folders by the hundred, so that no command line grows too long.
        var caller = 0;
        foreach (var some in studies.Chunk(100))
        {
            using var sender = Process.Start(new ProcessStartInfo("dotnet",
                [typeof(ClusterRun).Assembly.Location, SenderProcess.Verb, $"127.0.0.1:{_port}", $"{caller}", .. some.Select(study => study.Folder)]))!;
            caller += some.Length;
            await sender.WaitForExitAsync(stop);
            if (sender.ExitCode != 0) throw new InvalidOperationException($"The sender ended with {sender.ExitCode}: some image was not stored.");
        }
    }

    /// <summary>Each once another share of the backlog is done, so that they meet busy workers from its beginning to near its end.</summary>
    private async Task SendStatAsync(NpgsqlConnection connection, IReadOnlyList<PipelineStudy> studies, int backlog, CancellationToken stop)
    {
        var request = new AssociationRequest { Host = "127.0.0.1", Port = _port, CalledAe = "TRIAGE", CallingAe = StatCaller };
        for (var i = 0; i < studies.Count; i++)
        {
            await UntilAsync(connection, "select count(*) from result", backlog * (i + 1) / (studies.Count + 1), stop);
            await foreach (var outcome in new Sender(request).SendAsync(Consignment.Gather(studies[i].Folder).Files, stop))
                if (outcome.Fate != FileFate.Stored) throw new InvalidOperationException("An image of a stat study was not stored.");
        }
    }

    private static async Task UntilAsync(NpgsqlConnection connection, string sql, long atLeast, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Look);
        while (await connection.FirstAsync(sql, [], row => row.GetInt64(0), stop) < atLeast) await timer.WaitForNextTickAsync(stop);
    }

    private static Task<DateTimeOffset> NowAsync(NpgsqlConnection connection, CancellationToken stop) =>
        connection.FirstAsync("select clock_timestamp()", [], row => row.Time(0), stop);

    private static double Cpu(int process) => ProcessFigures.ProcessorSeconds(process);
}
