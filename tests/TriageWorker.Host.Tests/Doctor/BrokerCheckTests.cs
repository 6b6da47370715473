using RabbitMQ.Client;
using TriageWorker.Bus;
using TriageWorker.Host.Doctor;
using TriageWorker.Host.Roles;
using TriageWorker.Host.Settings;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Doctor;

public sealed class BrokerCheckTests(RabbitMqFixture broker, PostgresServer postgres) : IClassFixture<RabbitMqFixture>, IClassFixture<PostgresServer>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Queues_that_the_product_listens_on_are_well_one_that_is_not_there_yet_is_said_and_one_of_another_kind_is_a_fault()
    {
        await using var running = await RunningHost.StartAsync(SettingsSource.DefaultsWith(new Dictionary<string, string?>
        {
            ["Database:ConnectionString"] = await postgres.CreateDatabaseAsync(),
            ["Spool:Folder"] = _folder.At("spool"),
            ["Bus:Transport"] = "RabbitMq",
            ["Bus:Uri"] = broker.Uri.ToString(),
        }), RoleNames.Parse("jobs,delivery"), _ => { }, new Progress<string>(), Stop);

        var found = await ListenedToAsync();
        found.Select(each => each.Judgement).ShouldBe([Judgement.Ok, Judgement.Ok, Judgement.Warning, Judgement.Ok], string.Join('\n', found));
        found[1].What.ShouldStartWith("triage.closing is a quorum queue with 1 listeners");
        found[2].What.ShouldBe("triage.scoring is not there yet.");

        await using var connection = await new ConnectionFactory { Uri = broker.Uri }.CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        await channel.QueueDeclareAsync("triage.scoring", durable: true, exclusive: false, autoDelete: false, cancellationToken: Stop);
        var classic = (await RunAsync(broker.Uri))[2];
        await channel.QueueDeleteAsync("triage.scoring", cancellationToken: Stop);
        (classic.Judgement, classic.What.Split(':')[0]).ShouldBe((Judgement.Fault, "triage.scoring is no quorum queue as we declare it"));
        (await broker.ControlAsync("list_queues", "name")).ShouldNotContain("triage.doctor");
    }

    [Theory]
    [InlineData("guest:wrong@", "/", "refuses the user or password")]
    [InlineData("guest:guest@", "/nowhere", "does not let guest into virtual host nowhere")]
    public async Task A_wrong_password_and_a_wrong_virtual_host_are_told_apart(string user, string path, string says) =>
        ShouldBeOneFault(await RunAsync(new Uri($"amqp://{user}{broker.Uri.Authority}{path}")), says);

    [Fact]
    public async Task A_user_without_rights_is_told_what_to_grant()
    {
        await broker.ControlAsync("add_user", "poor", "poor");
        await broker.ControlAsync("set_permissions", "poor", "^$", "^$", "^$");
        var found = await RunAsync(new Uri($"amqp://poor:poor@{broker.Uri.Authority}/"));
        found[1].Judgement.ShouldBe(Judgement.Fault);
        found[1].What.ShouldStartWith("poor may not make, fill and read queues");
        found[1].ToDo!.ShouldContain("set_permissions");
    }

    [Fact]
    public async Task Where_nobody_listens_the_address_is_told() =>
        ShouldBeOneFault(await RunAsync(new Uri($"amqp://guest:guest@127.0.0.1:{Loopback.FreePort()}/")), "does not answer at 127.0.0.1");

    [Fact]
    public async Task Without_a_broker_there_is_nothing_to_reach() =>
        (await new BrokerCheck(new BusOptions(), TimeSpan.FromSeconds(30)).RunAsync(Stop)).ShouldHaveSingleItem().Judgement.ShouldBe(Judgement.Ok);

    private static void ShouldBeOneFault(IReadOnlyList<Diagnosis> found, string says)
    {
        var only = found.ShouldHaveSingleItem();
        only.Judgement.ShouldBe(Judgement.Fault);
        only.What.ShouldContain(says);
        only.What.ShouldNotContain("guest:guest");
    }

    // The bus connects beside the start of the host.
    private async Task<IReadOnlyList<Diagnosis>> ListenedToAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        IReadOnlyList<Diagnosis> found;
        do found = await RunAsync(broker.Uri);
        while (found.Count(each => each.Judgement == Judgement.Ok) < 3 && await look.WaitForNextTickAsync(patience.Token));
        return found;
    }

    private static Task<IReadOnlyList<Diagnosis>> RunAsync(Uri uri) => new BrokerCheck(new BusOptions { Transport = BusTransport.RabbitMq, Uri = uri }, TimeSpan.FromSeconds(30)).RunAsync(Stop);
}
