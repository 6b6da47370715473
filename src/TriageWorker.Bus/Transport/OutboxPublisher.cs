using System.Diagnostics.CodeAnalysis;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriageWorker.Store;
using TriageWorker.Triage.Messages;

namespace TriageWorker.Bus;

/// <summary>
/// Sends committed tokens and deletes each once the broker has confirmed it. While the broker is away they wait in the
/// table, and the loops find the work by looking: an outage costs a quarter of a second at the most.
/// </summary>
public sealed partial class OutboxPublisher(
    Database database, IBus bus, OutboxSignal signal, IOptions<BusOptions> options, TimeProvider clock, ILogger<OutboxPublisher> log) : BackgroundService
{
    private const int Batch = 200;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    private static readonly RetryPolicy AfterTrouble = new(int.MaxValue, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));
    private bool _nobodyListens;

    /// <returns>How many were confirmed. What was not confirmed stays.</returns>
    public async Task<int> DrainAsync(CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var tokens = await Outbox.TakeAsync(transaction, Batch, stop);
        if (tokens.Count == 0) return 0;
        var confirmed = new List<long>(tokens.Count);
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
            deadline.CancelAfter(options.Value.ConfirmWithin);
            foreach (var token in tokens)
            {
                if (token.Message is { } message) await SendAsync(token.Queue, message, deadline.Token);
                else LogUnreadable(token.Id); // and it holds up no other
                confirmed.Add(token.Id);
            }
        }
        finally
        {
            if (confirmed.Count > 0)
            {
                await Outbox.DeleteAsync(transaction, [.. confirmed], CancellationToken.None);
                await transaction.CommitAsync(CancellationToken.None);
                BusTelemetry.Tokens.Add(confirmed.Count);
            }
        }
        return confirmed.Count;
    }

    [SuppressMessage("Design", "CA1031", Justification = "The outermost loop: tokens stay in the table until they are confirmed.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var troubles = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var next = signal.Next;
                var sent = await DrainAsync(stoppingToken);
                if (sent > 0 && troubles > 0) LogBack(troubles);
                if (sent > 0) troubles = 0;
                if (sent < Batch) await AsyncSignal.WaitAsync(next, LookEvery, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                if (++troubles == 1) LogAway(error.Message);
                await Task.Delay(AfterTrouble.DelayAfter(troubles), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // To the exchange, not the queue: the queue is declared by who consumes, as a quorum queue.
    private async Task SendAsync(string queue, WakeUp message, CancellationToken stop)
    {
        var endpoint = await bus.GetSendEndpoint(new Uri($"exchange:{queue}"));
        try
        {
            await endpoint.Send(message, Mandatory, stop);
            _nobodyListens = false;
        }
        catch (MessageReturnedException)
        {
            // No worker of that stage has ever run, so there is no queue and nobody to wake. Its first worker looks by itself.
            if (!_nobodyListens) LogNobody(queue);
            _nobodyListens = true;
        }
    }

    // RabbitMQ then returns what no queue takes, instead of confirming it.
    private static void Mandatory(SendContext<WakeUp> context)
    {
        if (context.TryGetPayload<RabbitMqSendContext>(out var broker)) broker.Mandatory = true;
    }

    [LoggerMessage(4020, LogLevel.Warning, "The broker does not confirm; wake-up tokens wait in the database and work goes on by looking: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(4021, LogLevel.Information, "The broker confirms again, after {Attempts} attempts")]
    private partial void LogBack(int attempts);

    [LoggerMessage(4023, LogLevel.Warning, "Token {Token} cannot be read and is dropped; its work is found by looking")]
    private partial void LogUnreadable(long token);

    [LoggerMessage(4022, LogLevel.Information, "No worker has ever listened on {Queue}")]
    private partial void LogNobody(string queue);
}
