using MassTransit;
using TriageWorker.Triage.Messages;

namespace TriageWorker.Bus;

/// <summary>Wakes the stage of this process and returns, so the token is acknowledged at once and no consumer timeout matters.</summary>
public sealed class WakeUpConsumer(StageSignals signals) : IConsumer<WakeUp>
{
    public Task Consume(ConsumeContext<WakeUp> context)
    {
        signals[context.Message.Stage].Wake();
        return Task.CompletedTask;
    }
}
