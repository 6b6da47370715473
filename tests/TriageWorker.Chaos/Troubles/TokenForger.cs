using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace TriageWorker.Chaos;

/// <summary>Publishes to the product's queues by hand: tokens twice, in another order, about what there is not, and no tokens at all.</summary>
internal sealed class TokenForger(Uri broker)
{
    private const string Envelope = "application/vnd.masstransit+json";
    private static readonly string[] Stages = ["closing", "scoring", "delivery"];

    public async Task ForgeAsync(IReadOnlyCollection<string> studies, Random dice)
    {
        try
        {
            await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
            await using var channel = await connection.CreateChannelAsync();
            foreach (var (queue, body) in Messages([.. studies], dice))
                await channel.BasicPublishAsync("", $"triage.{queue}", mandatory: false, new BasicProperties { ContentType = Envelope }, Encoding.UTF8.GetBytes(body));
        }
        catch (BrokerUnreachableException)
        {
            // Then nobody forges anything just now.
        }
    }

    private static IEnumerable<(string Queue, string Body)> Messages(string[] studies, Random dice)
    {
        dice.Shuffle(studies);
        foreach (var study in studies.Take(20))
        foreach (var stage in Stages)
        {
            yield return (stage, Token($"\"{stage}\"", study));
            yield return (stage, Token($"\"{stage}\"", study)); // twice
            yield return (stage, Token($"\"{Stages[dice.Next(Stages.Length)]}\"", study)); // perhaps another stage's
        }

        foreach (var stage in Stages)
        {
            yield return (stage, Token("\"scoring\"", "1.2.3.4.5"));
            yield return (stage, Token("42", "1.2.3"));
            yield return (stage, Token("\"surgery\"", "1.2.3"));
            yield return (stage, Token("null", "'; drop table work; --"));
            yield return (stage, """{"messageType":["urn:message:Somebody.Else:Thing"],"message":{}}""");
            yield return (stage, """{"messageType":["urn:message:TriageWorker.Triage.Messages:WakeUp"],"message":null}""");
            yield return (stage, "{\"messageType\":");
            yield return (stage, "");
            yield return (stage, new string('[', 10_000));
        }
    }

    private static string Token(string stage, string study) =>
        $$$"""{"messageType":["urn:message:TriageWorker.Triage.Messages:WakeUp"],"message":{"stage":{{{stage}}},"studyUid":"{{{study}}}"}}""";
}
