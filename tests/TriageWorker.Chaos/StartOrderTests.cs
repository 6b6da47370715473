using TriageWorker.Testing;

namespace TriageWorker.Chaos;

/// <summary>No part has to start before another: each comes up by itself when what it needs is there, and says so.</summary>
public sealed class StartOrderTests(RabbitMqFixture broker, PostgresServer server) : IClassFixture<RabbitMqFixture>, IClassFixture<PostgresServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Roles_that_start_before_database_and_broker_come_up_when_these_do_and_say_so_once()
    {
        await using var cluster = await ChaosCluster.MakeAsync(broker, server, empty: true);
        await server.StopAsync();
        await broker.StopAsync();
        await Task.WhenAll(cluster.Processes.Select(process => process.StartAsync()));

        // What is pushed now is acknowledged: it is safe in the spool.
        var study = await cluster.Scanner.PushAsync("early", 2, () => throw new InvalidOperationException("The listener refused while the database was away."), CancellationToken.None);

        var reached = cluster.Processes.Select(process => process.HearAsync(line => line.Contains("Database is there", StringComparison.Ordinal))).ToArray();
        await server.StartAsync();
        await Task.WhenAll(reached);
        await cluster.Database.UntilAsync("the study is scored while the broker is away", "select count(*) from decision where study_uid = $1", count => count == 1, Patience, study);
        await broker.StartAsync();
        await cluster.Database.UntilAsync("the tokens leave when the broker is there", "select count(*) from outbox", count => count == 0, Patience);

        foreach (var process in cluster.Processes)
        {
            process.Deaths.ShouldBeEmpty(process.Tail());
            process.Log.Count(line => line.Contains("Database is away", StringComparison.Ordinal)).ShouldBe(1, process.Tail());
            process.Log.Count(line => line.Contains("Database is there", StringComparison.Ordinal)).ShouldBe(1, process.Tail());
        }
    }
}
