using System.Text.Json;
using TriageWorker.Triage.Messages;

namespace TriageWorker.Store;

/// <summary>Tokens that wait for the bus, written in the transaction of what they announce.</summary>
public static class Outbox
{
    public static async Task AddAsync(DatabaseTransaction transaction, WakeUp token, CancellationToken stop)
    {
        await transaction.Connection.ExecuteAsync("insert into outbox (queue, message) values ($1, $2::jsonb)",
            [token.Stage.Queue(), JsonSerializer.Serialize(token, StoreJson.Default.WakeUp)], stop);
        transaction.HasTokens = true;
    }

    /// <summary>Takes tokens that nobody else is sending. They stay until <see cref="DeleteAsync"/> commits.</summary>
    public static async Task<List<OutboxToken>> TakeAsync(DatabaseTransaction transaction, int most, CancellationToken stop) =>
        await transaction.Connection.ListAsync(
            "select id, queue, message::text from outbox order by id limit $1 for update skip locked", [most],
            row => new OutboxToken(row.GetInt64(0), row.GetString(1), Read(row.GetString(2))), stop);

    public static async Task DeleteAsync(DatabaseTransaction transaction, long[] ids, CancellationToken stop) =>
        await transaction.Connection.ExecuteAsync("delete from outbox where id = any($1)", [ids], stop);

    private static WakeUp? Read(string message)
    {
        try
        {
            return JsonSerializer.Deserialize(message, StoreJson.Default.WakeUp);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <param name="Queue">Where it goes; see <see cref="StageQueues"/>.</param>
/// <param name="Message">Null when this version cannot read it: another version's, or somebody's own hand. It announces nothing that looking would not find.</param>
public sealed record OutboxToken(long Id, string Queue, WakeUp? Message);
