using Microsoft.Extensions.Hosting;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Bus.Tests;

public sealed class RabbitMqTransportTests(BusFixture fixture, RabbitMqFixture broker) : IClassFixture<BusFixture>, IClassFixture<RabbitMqFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(50); // shorter than the loop's own look
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private (string, string)[] Settings => [("Bus:Transport", "RabbitMq"), ("Bus:Uri", broker.Uri.ToString())];

    [Fact]
    public async Task A_token_travels_over_a_quorum_queue_and_wakes_the_stage()
    {
        var (host, work) = await TransportHost.StartAsync(fixture, looks: false, Settings);
        using (host)
        {
            await fixture.PushAsync(Stage.Delivery, TimeSpan.Zero); // nobody serves it: returned by the broker, and no hindrance
            var study = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);

            (await work.Started.Reader.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop)).ShouldBe(study);

            await TransportHost.OutboxIsEmptyAsync(fixture, Patience);
            (await broker.ControlAsync("list_queues", "name", "type")).ShouldContain("triage.scoring\tquorum");
            await host.StopAsync(Stop);
        }
    }

    [Fact]
    public async Task While_the_broker_is_away_work_goes_on_and_tokens_wait_and_when_it_is_back_they_are_sent()
    {
        await broker.StopAsync();
        var (host, work) = await TransportHost.StartAsync(fixture, looks: true, Settings); // start-up does not wait for the broker
        using (host)
        {
            var study = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
            (await work.Started.Reader.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop)).ShouldBe(study);
            (await fixture.ReadAsync("select count(*) from outbox", row => row.GetInt64(0))).ShouldBe(1);

            await broker.StartAsync();

            await TransportHost.OutboxIsEmptyAsync(fixture, TimeSpan.FromMinutes(2));
            await broker.StopAsync();
            var second = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
            (await work.Started.Reader.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop)).ShouldBe(second);
            await broker.StartAsync();
            await TransportHost.OutboxIsEmptyAsync(fixture, TimeSpan.FromMinutes(2));
            await host.StopAsync(Stop);
        }
    }

    [Fact]
    public async Task Tokens_that_somebody_forged_wake_nobody_hold_up_nobody_and_leave_nothing_behind()
    {
        var (host, work) = await TransportHost.StartAsync(fixture, looks: false, Settings);
        using (host)
        {
            await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
            await work.Started.Reader.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop); // from here on there is a queue
            foreach (var forged in (string[])["""{"messageType":["urn:message:TriageWorker.Triage.Messages:WakeUp"],"message":{"stage":42,"studyUid":"1.2"}}""",
                """{"messageType":["urn:message:TriageWorker.Triage.Messages:WakeUp"],"message":{"stage":"surgery"}}""",
                """{"messageType":["urn:message:Somebody.Else:Thing"],"message":{}}""", "{", ""])
                await PublishAsync(forged);

            var study = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
            (await work.Started.Reader.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop)).ShouldBe(study);
            await TransportHost.OutboxIsEmptyAsync(fixture, Patience);
            await host.StopAsync(Stop);
        }

        var queues = await broker.ControlAsync("list_queues", "name", "messages");
        queues.ShouldContain("triage.scoring\t0");
        queues.ShouldNotContain("_error");
        queues.ShouldNotContain("_skipped");
    }

    private async Task PublishAsync(string body)
    {
        await using var connection = await new RabbitMQ.Client.ConnectionFactory { Uri = broker.Uri }.CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        await channel.BasicPublishAsync("", "triage.scoring", mandatory: true,
            new RabbitMQ.Client.BasicProperties { ContentType = "application/vnd.masstransit+json" }, System.Text.Encoding.UTF8.GetBytes(body), Stop);
    }
}
