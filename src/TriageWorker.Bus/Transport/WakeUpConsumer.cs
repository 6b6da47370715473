using MassTransit;
using TriageWorker.Triage.Messages;

namespace TriageWorker.Bus;

/// <summary>Wakes the stage of this process and returns, so the token is acknowledged at once and no consumer timeout matters.</summary>
public sealed class WakeUpConsumer(StageSignals signals) : IConsumer<WakeUp>
{
    public Task Consume(ConsumeContext<WakeUp> context)
    {
        // Whoever can reach the broker can send anything: a stage that there is not wakes nobody.
        if (Enum.IsDefined(context.Message.Stage)) signals[context.Message.Stage].Wake();
        return Task.CompletedTask;
    }
}
