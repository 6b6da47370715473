using System.Globalization;
using TriageWorker.Testing;

namespace TriageWorker.Chaos;

/// <summary>
/// The product as a site runs it past one machine: a listener, three workers and the jobs, each a process of its own, over
/// RabbitMQ and a PostgreSQL of the site's, with one spool folder and one PACS. Deadlines are short, so that trouble is soon over.
/// </summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(3), SweepEvery = TimeSpan.FromSeconds(1), FinishWithin = TimeSpan.FromSeconds(4);
    private readonly TemporaryFolder _folder;
    private readonly Dictionary<string, string> _shared;

    private ChaosCluster(TemporaryFolder folder, RabbitMqFixture broker, PostgresServer server, CountingReceiver receiver, string connectionString)
    {
        (_folder, Broker, Server, Receiver) = (folder, broker, server, receiver);
        Database = new ClusterDatabase(connectionString);
        var port = Loopback.FreePort();
        Scanner = new Scanner(port, "CT", folder);
        _shared = new Dictionary<string, string>
        {
            ["Database:ConnectionString"] = connectionString, ["Database:MaxConnections"] = "15",
            ["Bus:Transport"] = "RabbitMq", ["Bus:Uri"] = broker.Uri.ToString(),
            ["Bus:Lease"] = Lease.ToString(), ["Bus:SweepEvery"] = SweepEvery.ToString(), ["Bus:FinishWithin"] = FinishWithin.ToString(),
            ["Spool:Folder"] = folder.At("spool"), ["Audit:HeadFile"] = folder.At("audit-heads.jsonl"), ["Operations:Port"] = "0", ["Log:Json"] = "true",
            ["Intake:Port"] = port.ToString(CultureInfo.InvariantCulture), ["Intake:IdleTime"] = "00:00:01", ["Completeness:LongestIdleTime"] = "00:00:02", // its senders pause when something dies
            ["Scoring:MaxAttempts"] = "12", ["Scoring:ModelThreads"] = "1", ["Scoring:ImagingThreads"] = "1",
            ["Destinations:0:Name"] = "counter", ["Destinations:0:Host"] = "127.0.0.1", ["Destinations:0:Port"] = receiver.Port.ToString(CultureInfo.InvariantCulture),
            ["Destinations:0:CalledAe"] = CountingReceiver.Ae, ["Destinations:0:Demonstration"] = "true",
        };
        Intake = Process("intake", "intake");
        Jobs = Process("jobs", "jobs");
        // One worker's clock is an hour slow and one's an hour fast: nothing that is compared between processes may come from it.
        Workers =
        [
            Process("worker 1", "scoring,delivery"),
            Process("worker 2", "scoring,delivery", ("Testing:ClockOffset", "01:00:00")),
            Process("worker 3", "scoring,delivery", ("Testing:ClockOffset", "-01:00:00")),
        ];
    }

    public RabbitMqFixture Broker { get; }

    public PostgresServer Server { get; }

    public CountingReceiver Receiver { get; }

    public ClusterDatabase Database { get; }

    public Scanner Scanner { get; }

    public RoleProcess Intake { get; }

    public RoleProcess Jobs { get; }

    public IReadOnlyList<RoleProcess> Workers { get; }

    public IEnumerable<RoleProcess> Processes => [Intake, Jobs, .. Workers];

    public string Spool => _folder.At("spool");

    /// <summary>Nothing runs yet but the servers and the PACS.</summary>
    /// <param name="empty">The database has no schema: the first process that reaches it makes it, and it may say that it runs before it has.</param>
    public static async Task<ChaosCluster> MakeAsync(RabbitMqFixture broker, PostgresServer server, bool empty = false)
    {
        var receiver = await CountingReceiver.StartAsync();
        return new ChaosCluster(new TemporaryFolder(), broker, server, receiver, await server.CreateDatabaseAsync(empty));
    }

    /// <summary>All of it, running.</summary>
    public static async Task<ChaosCluster> StartAsync(RabbitMqFixture broker, PostgresServer server)
    {
        var cluster = await MakeAsync(broker, server);
        try
        {
            await Task.WhenAll(cluster.Processes.Select(process => process.StartAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another process of this cluster, not started.</summary>
    public RoleProcess Process(string name, string roles, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(_shared);
        foreach (var (key, value) in settings) all[key] = value;
        return new RoleProcess(name, roles, all);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Processes) await process.DisposeAsync();
        await Receiver.DisposeAsync();
        _folder.Dispose();
    }
}
