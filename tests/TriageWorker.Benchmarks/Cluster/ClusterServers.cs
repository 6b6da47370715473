using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Cluster;

/// <summary>A PostgreSQL and a RabbitMQ of the benchmark's own, each a process whose processor time can be read.</summary>
public sealed class ClusterServers : IAsyncDisposable
{
    public PostgresServer Database { get; } = new();

    public RabbitMqFixture Broker { get; } = new();

    public static async Task<ClusterServers> StartAsync()
    {
        var servers = new ClusterServers();
        await servers.Database.InitializeAsync();
        await servers.Broker.InitializeAsync();
        return servers;
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
    }
}
