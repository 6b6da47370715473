using System.Net;
using System.Net.Sockets;
using TriageWorker.Host.Settings;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Operations;

public sealed class OperationsEndpointTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Processes_on_one_machine_share_out_the_usual_ports_and_each_says_which_it_took()
    {
        var database = await server.CreateDatabaseAsync();
        await using var first = await RunningRoles.StartAsync(_folder, "jobs", database, ("Operations:Port", null));
        await using var second = await RunningRoles.StartAsync(_folder, "jobs", database, ("Operations:Port", null));

        second.Http.BaseAddress.ShouldNotBe(first.Http.BaseAddress);
        foreach (var running in (RunningRoles[])[first, second])
        {
            running.Http.BaseAddress!.Port.ShouldBeInRange(8081, 8100);
            await running.ReadyAsync(HttpStatusCode.OK, "ready");
        }
    }

    [Fact]
    public async Task A_port_that_is_set_and_taken_is_told_with_its_key()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var database = await server.CreateDatabaseAsync();
        var fault = await Should.ThrowAsync<UserFault>(() => RunningRoles.StartAsync(_folder, "jobs", database, ("Operations:Port", $"{port}")));
        fault.Message.ShouldContain($"port {port} (Operations:Port) is taken");
    }

    [Fact]
    public async Task Pages_are_not_at_the_operations_port_and_metrics_not_at_that_of_the_pages()
    {
        await using var running = await RunningRoles.StartAsync(_folder, "web", await server.CreateDatabaseAsync());
        using var pages = new HttpClient { BaseAddress = new Uri(running.Addresses.Single(line => line.StartsWith("The worklist is at ", StringComparison.Ordinal))["The worklist is at ".Length..]) };

        (await running.GetAsync("")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await running.GetAsync("api/worklist")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await pages.GetAsync(new Uri("metrics", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await pages.GetAsync(new Uri("api/worklist", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var path in (string[])["healthz", "readyz"])
            (await pages.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken)).ShouldContain("loops: ok");
    }

    [Fact]
    public async Task The_host_that_a_client_names_does_not_open_the_operations_port_to_the_pages()
    {
        await using var running = await RunningRoles.StartAsync(_folder, "web", await server.CreateDatabaseAsync());
        var pages = new Uri(running.Addresses.Single(line => line.StartsWith("The worklist is at ", StringComparison.Ordinal))["The worklist is at ".Length..]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/worklist") { Headers = { Host = pages.Authority } };
        (await running.Http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("Operations:Address", "somewhere", "no IP address")]
    [InlineData("Operations:Address", "0.0.0.0", "Operations:AllowNetwork")]
    [InlineData("Operations:Port", "65536", "65535")]
    [InlineData("Telemetry:Otlp:Endpoint", "collector:4318", "http://collector:4318")]
    [InlineData("Telemetry:Otlp:Share", "1.5", "1")]
    public void What_is_wrong_is_told_with_its_key(string key, string value, string why) =>
        EffectiveSettings.Faults(SettingsSource.DefaultsWith([new(key, value)])).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            fault => fault.ShouldStartWith(key + ": "), fault => fault.ShouldContain(why));

    [Fact]
    public void The_network_may_be_allowed() =>
        EffectiveSettings.Faults(SettingsSource.DefaultsWith([new("Operations:Address", "0.0.0.0"), new("Operations:AllowNetwork", "true")])).ShouldBeEmpty();
}
