using Microsoft.Extensions.Hosting;
using TriageWorker.Triage;

namespace TriageWorker.Bus.Tests;

public sealed class InMemoryTransportTests(BusFixture fixture) : IClassFixture<BusFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(50); // shorter than the loop's own look
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_committed_token_wakes_the_stage_and_leaves_the_outbox()
    {
        var (host, work) = await TransportHost.StartAsync(fixture, looks: false);
        using (host)
        {
            var first = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
            (await work.Started.Reader.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop)).ShouldBe(first);
            await TransportHost.OutboxIsEmptyAsync(fixture, Patience);
            var second = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
            (await work.Started.Reader.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop)).ShouldBe(second);
            await TransportHost.OutboxIsEmptyAsync(fixture, Patience);
            await host.StopAsync(Stop);
        }
    }

    [Fact]
    public async Task Tokens_of_a_stage_that_nobody_serves_do_not_hold_up_others()
    {
        var (host, work) = await TransportHost.StartAsync(fixture, looks: false);
        using (host)
        {
            await fixture.PushAsync(Stage.Delivery, TimeSpan.Zero);
            var served = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
            (await work.Started.Reader.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop)).ShouldBe(served);
            await TransportHost.OutboxIsEmptyAsync(fixture, Patience);
            await host.StopAsync(Stop);
        }
    }

    [Fact]
    public async Task A_token_that_nobody_can_read_is_dropped_and_holds_up_no_other()
    {
        await fixture.ExecuteAsync("insert into outbox (queue, message) values ('triage.scoring', '{\"stage\": \"Surgery\", \"studyUid\": \"1.2\"}'), ('triage.scoring', 'null'), ('triage.scoring', '[7]')");
        var (host, work) = await TransportHost.StartAsync(fixture, looks: false);
        using (host)
        {
            var study = await fixture.PushAsync(Stage.Scoring, TimeSpan.Zero);
            (await work.Started.Reader.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop)).ShouldBe(study);
            await TransportHost.OutboxIsEmptyAsync(fixture, Patience);
            await host.StopAsync(Stop);
        }
    }
}
