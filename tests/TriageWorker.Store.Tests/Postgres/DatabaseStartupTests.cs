using System.Diagnostics.CodeAnalysis;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests;

public sealed class DatabaseStartupTests(PostgresServer postgres)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_embedded_server_is_up_and_migrated_when_the_host_has_started_comes_back_when_it_is_killed_and_leaves_with_the_host()
    {
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_001_001);
        using var host = Compose(("Database:Embedded:Data", folder.At("data")));
        await host.StartAsync(Stop);
        var database = host.Services.GetRequiredService<Database>();
        database.IsReady.ShouldBeTrue();
        (await CountAsync(database, "schema_migration")).ShouldBe(Migration.Shipped.Count);
        var pid = host.Services.GetRequiredService<EmbeddedPostgres>().ProcessId;

        using (var server = Process.GetProcessById(pid)) server.Kill();
        while (host.Services.GetRequiredService<EmbeddedPostgres>().ProcessId == pid || !await AnswersAsync(database)) await Task.Delay(50, Stop);

        (await CountAsync(database, "study")).ShouldBe(0);
        while (await CountAsync(database, $"alarm where kind = '{WatchedServer.Died}' and cleared_at is null") == 0) await Task.Delay(50, Stop);
        await host.StopAsync(Stop);
        File.Exists(folder.At("data", "data", "postmaster.pid")).ShouldBeFalse();
    }

    [Fact]
    [SuppressMessage("Reliability", "CA2025", Justification = "The forwarding is awaited before the gate is disposed.")]
    public async Task A_host_whose_own_server_is_away_starts_all_the_same_and_is_ready_once_it_comes()
    {
        var there = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync());
        // Until we let it through, whoever connects here is cut off at once.
        using var gate = new TcpListener(IPAddress.Loopback, 0);
        gate.Start();
        var away = new NpgsqlConnectionStringBuilder(there.ConnectionString) { Port = ((IPEndPoint)gate.LocalEndpoint).Port };
        using var host = Compose(("Database:ConnectionString", away.ConnectionString));
        await host.StartAsync(Stop);
        using (await gate.AcceptTcpClientAsync(Stop)) host.Services.GetRequiredService<Database>().IsReady.ShouldBeFalse();

        var forwarding = ForwardAsync(gate, there.Port);
        (await CountAsync(host.Services.GetRequiredService<Database>(), "schema_migration")).ShouldBe(Migration.Shipped.Count);

        await host.StopAsync(Stop);
        gate.Stop();
        await forwarding;
    }

    [Fact]
    public async Task All_wrong_settings_are_told_at_once_with_their_names()
    {
        using var host = Compose(("Database:MaxConnections", "0"), ("Database:Embedded:Port", "70000"), ("Destinations:0:Name", "not a name!"));

        var error = await Should.ThrowAsync<Exception>(() => host.StartAsync(Stop));

        var text = error is AggregateException several ? string.Join(' ', several.InnerExceptions.Select(inner => inner.Message)) : error.Message;
        text.ShouldSatisfyAllConditions(() => text.ShouldContain("MaxConnections"), () => text.ShouldContain("Port"), () => text.ShouldContain("Name"));
        error.ShouldBeOfType<AggregateException>().InnerExceptions.ShouldAllBe(inner => inner is OptionsValidationException);
    }

    private static IHost Compose(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value))).Build();
        builder.Services.AddStore(configuration);
        return builder.Build();
    }

    private static async Task<bool> AnswersAsync(Database database)
    {
        try
        {
            return await CountAsync(database, "study") >= 0;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static async Task<long> CountAsync(Database database, string table)
    {
        await using var connection = await database.OpenAsync(Stop);
        return await connection.FirstAsync($"select count(*) from {table}", [], row => row.GetInt64(0), Stop);
    }

    private static async Task ForwardAsync(TcpListener gate, int port)
    {
        var pumps = new List<Task>();
        try
        {
            while (true) pumps.Add(PumpAsync(await gate.AcceptTcpClientAsync(Stop), port));
        }
        catch (SocketException)
        {
            await Task.WhenAll(pumps);
        }
    }

    private static async Task PumpAsync(TcpClient near, int port)
    {
        using var left = near;
        using var right = new TcpClient();
        await right.ConnectAsync(IPAddress.Loopback, port, Stop);
        await Task.WhenAny(left.GetStream().CopyToAsync(right.GetStream(), Stop), right.GetStream().CopyToAsync(left.GetStream(), Stop));
    }
}
