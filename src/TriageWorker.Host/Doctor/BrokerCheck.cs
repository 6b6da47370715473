using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using TriageWorker.Bus;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Host.Doctor;

/// <summary>The broker lets us in and allows what we do; its queues are quorum queues that somebody listens on.</summary>
/// <param name="patience">With each of its answers.</param>
internal sealed class BrokerCheck(BusOptions bus, TimeSpan patience) : Check("broker")
{
    private const ushort NotFound = 404, AccessRefused = 403, PreconditionFailed = 406;
    private static readonly Dictionary<string, object?> s_quorum = new() { ["x-queue-type"] = "quorum" };

    public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
    {
        if (bus.Transport != BusTransport.RabbitMq) return [Ok("Tokens stay inside one process (Bus:Transport is InMemory): roles in several processes find work by looking.")];
        try
        {
            await using var connection = await Factory().CreateConnectionAsync(stop);
            var version = connection.ServerProperties is { } told && told.TryGetValue("version", out var said) && said is byte[] bytes ? Encoding.UTF8.GetString(bytes) : "of unknown version";
            var found = new List<Diagnosis> { Ok($"RabbitMQ {version} lets us in at {bus.Uri!.Host}, virtual host {VirtualHost}.") };
            if (await RightsAsync(connection, stop) is { } lacking) found.Add(lacking);
            foreach (var stage in Enum.GetValues<Stage>()) found.Add(await QueueAsync(connection, stage.Queue(), stop));
            return found;
        }
        catch (BrokerUnreachableException unreachable)
        {
            return [Unreachable(unreachable)];
        }
        catch (OperationInterruptedException refused)
        {
            return [NotLetIn(refused.ShutdownReason?.ReplyText ?? refused.Message)];
        }
        catch (RabbitMQClientException broken)
        {
            return [Fault($"The broker broke off: {broken.Message}", "Look at its log.")];
        }
    }

    private string VirtualHost => Factory().VirtualHost;

    private ConnectionFactory Factory() => new()
    {
        Uri = bus.Uri!,
        AutomaticRecoveryEnabled = false,
        RequestedConnectionTimeout = patience,
        ContinuationTimeout = patience,
        HandshakeContinuationTimeout = patience,
        ClientProvidedName = "triage doctor",
    };

    private Diagnosis Unreachable(BrokerUnreachableException unreachable)
    {
        for (Exception? cause = unreachable; cause is not null; cause = (cause as AggregateException)?.InnerExceptions[0] ?? cause.InnerException)
        {
            if (cause is AuthenticationFailureException or PossibleAuthenticationFailureException)
                return Fault($"The broker refuses the user or password of Bus:Uri ({User}).", "Mend them in Bus:Uri, or add the user: rabbitmqctl add_user.");
            if (cause is OperationInterruptedException { ShutdownReason: { } reason }) return NotLetIn(reason.ReplyText);
        }
        return Fault($"The broker does not answer at {bus.Uri!.Host}:{Factory().Endpoint.Port}: {unreachable.GetBaseException().Message}", "Start it, or mend Bus:Uri or the network. Until then work goes on by looking, a quarter of a second later.");
    }

    // Rights are asked for each channel, so what breaks off outside of one is the connection: the virtual host is not there, or not this user's.
    private Diagnosis NotLetIn(string because) => Fault($"The broker does not let {User} into virtual host {VirtualHost}: {because}",
        $"rabbitmqctl add_vhost {VirtualHost}; {Grant}; or name another virtual host in Bus:Uri.");

    private string Grant => $"rabbitmqctl set_permissions -p {VirtualHost} {User} 'triage.*' 'triage.*' 'triage.*'";

    private string User => Uri.UnescapeDataString(bus.Uri!.UserInfo.Split(':')[0]);

    // Under a name of ours, as the queues have; it is gone with the connection.
    private async Task<Diagnosis?> RightsAsync(IConnection connection, CancellationToken stop)
    {
        var name = $"triage.doctor.{Guid.NewGuid():N}";
        try
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
            await channel.QueueDeclareAsync(name, durable: false, exclusive: true, autoDelete: true, cancellationToken: stop);
            await channel.ExchangeDeclareAsync(name, ExchangeType.Fanout, durable: false, autoDelete: true, cancellationToken: stop);
            await channel.QueueBindAsync(name, name, routingKey: "", cancellationToken: stop);
            await channel.BasicGetAsync(name, autoAck: true, stop);
            await channel.ExchangeDeleteAsync(name, cancellationToken: stop);
            return null;
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason?.ReplyCode == AccessRefused)
        {
            return Fault($"{User} may not make, fill and read queues named triage.…: {refused.ShutdownReason.ReplyText}", Grant);
        }
    }

    private async Task<Diagnosis> QueueAsync(IConnection connection, string queue, CancellationToken stop)
    {
        try
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
            var known = await channel.QueueDeclarePassiveAsync(queue, stop);
            // It is there, so declaring it makes nothing: the broker only compares.
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, s_quorum, cancellationToken: stop);
            var what = $"{queue} is a quorum queue with {known.ConsumerCount} listeners and {known.MessageCount} tokens.";
            return known.ConsumerCount > 0 ? Ok(what) : Warning(what, "Nobody listens on it: is a process with that role running?");
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason is { ReplyCode: NotFound })
        {
            return Warning($"{queue} is not there yet.", "Nothing: the first process with that role makes it.");
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason is { ReplyCode: PreconditionFailed } reason)
        {
            return Fault($"{queue} is no quorum queue as we declare it: {reason.ReplyText}", "No process with that role can listen on it. Stop the product, delete the queue (tokens are made anew from the database), start it.");
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason is { ReplyCode: AccessRefused } reason)
        {
            return Fault($"{User} may not look at {queue}: {reason.ReplyText}", Grant);
        }
    }
}
